"""The page of known treadmills is what the recordings say."""

import shutil
import subprocess
import sys
from pathlib import Path


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "docs/support.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_page_is_current(checkout: Path) -> None:
    assert check(checkout).returncode == 0


def test_another_recording_is_missed(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    shutil.copytree(checkout / "docs", tmp_path / "docs")
    folder = shutil.copytree(checkout / "tests/recordings", tmp_path / "tests/recordings")
    assert check(tmp_path).returncode == 0
    shutil.copy(folder / "matrix-touchxl.jsonl", folder / "horizon-idle.jsonl")
    checked = check(tmp_path)
    assert checked.returncode == 1
    assert checked.stderr.endswith("docs/support.md is not what the recordings say; run: make docs\n")


def test_every_recording_stands_on_it(checkout: Path) -> None:
    readme = (checkout / "tests/recordings/README.md").read_text(encoding="utf-8")
    for file in (checkout / "tests/recordings").glob("*.jsonl"):
        first, _, end = file.stem.rpartition("-")
        assert f"| {file.stem}" in readme or (f"| {first}" in readme and f"-{end}" in readme), file
