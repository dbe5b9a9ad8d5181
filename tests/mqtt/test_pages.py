"""The topics page and the schemas are what the code says."""

import subprocess
import sys
from pathlib import Path

from daemon.mqtt.topics import HEARD, PUBLISHED
from daemon.mqtt.verbs import VERBS


def test_the_pages_are_current(checkout: Path) -> None:
    check = [sys.executable, str(checkout / "docs/wire.py"), "--check"]
    checked = subprocess.run(check, cwd=checkout, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_topic_and_verb_is_on_the_page(checkout: Path) -> None:
    page = (checkout / "docs/topics.md").read_text(encoding="utf-8")
    assert [name for name in (*PUBLISHED, *HEARD, *VERBS) if f"`{name}`" not in page] == []
