"""The small programs that systemd and udev run for the screen."""

import subprocess
from pathlib import Path

import pytest

ACCOUNTS = "root:x:0:0:root:/root:/bin/bash\ninclined:x:996:996::/:/x\ninclined-kiosk:x:995:991:a screen:/:/x\n"


def ran(
    checkout: Path, tmp_path: Path, name: str, here: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Run a copy of a script of deploy/kiosk in which some places are others."""
    text = (checkout / "deploy/kiosk" / name).read_text(encoding="utf-8")
    for old, new in here.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    script = tmp_path / name
    script.write_text(text, encoding="utf-8")
    return subprocess.run(["sh", str(script), *words], capture_output=True, text=True, check=False)


def test_the_bounds_lie_beside_the_slice_of_the_screens_user(checkout: Path, tmp_path: Path) -> None:
    accounts = tmp_path / "passwd"
    accounts.write_text(ACCOUNTS, encoding="utf-8")
    out = tmp_path / "normal"
    done = ran(
        checkout, tmp_path, "slice-generator", {"ACCOUNTS=/etc/passwd": f"ACCOUNTS={accounts}"}, str(out), "", ""
    )
    assert (done.returncode, done.stderr) == (0, "")
    (link,) = out.rglob("*.conf")
    assert link.relative_to(out) == Path("user-995.slice.d/50-inclined.conf")
    assert str(link.readlink()) == "/usr/lib/inclined/kiosk/slice.conf"


def test_without_that_user_there_are_no_bounds(checkout: Path, tmp_path: Path) -> None:
    accounts = tmp_path / "passwd"
    accounts.write_text("root:x:0:0:root:/root:/bin/bash\nx-inclined-kiosk:x:1:1::/:/x\n", encoding="utf-8")
    out = tmp_path / "normal"
    done = ran(
        checkout, tmp_path, "slice-generator", {"ACCOUNTS=/etc/passwd": f"ACCOUNTS={accounts}"}, str(out), "", ""
    )
    assert done.returncode == 0
    assert not out.exists()


@pytest.mark.parametrize(
    ("cards", "output"),
    [
        ({"card0-HDMI-A-1": "disconnected", "card0-HDMI-A-2": "connected"}, "HDMI-A-2\n"),
        ({"card0-Writeback-1": "unknown", "card1-DSI-1": "connected"}, "DSI-1\n"),
        ({"card10-eDP-1": "connected"}, "eDP-1\n"),
        ({"card0-HDMI-A-1": "disconnected"}, ""),
        ({}, ""),
    ],
)
def test_a_touch_screen_lies_on_the_connected_output(
    checkout: Path, tmp_path: Path, cards: dict[str, str], output: str
) -> None:
    folder = tmp_path / "drm"
    folder.mkdir()
    for card, status in cards.items():
        (folder / card).mkdir()
        (folder / card / "status").write_text(f"{status}\n", encoding="ascii")
    done = ran(checkout, tmp_path, "output-of-touch", {"CARDS=/sys/class/drm": f"CARDS={folder}"})
    assert done.stdout == output
    assert (done.returncode == 0) == bool(output)


def test_the_scripts_are_sound(checkout: Path) -> None:
    scripts = [checkout / "deploy/kiosk" / name for name in ("slice-generator", "output-of-touch")]
    checked = subprocess.run(["shellcheck", "--shell=sh", *scripts], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
