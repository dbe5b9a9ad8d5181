"""How Chromium is started: one page, full screen, a profile in memory, and nothing said to anybody else.

The rest of what it may not is in its policy, deploy/kiosk/policies.
"""

from collections.abc import Mapping
from pathlib import Path

COMMAND = "/usr/bin/chromium"
FLAGS = (
    "--kiosk",
    "--ozone-platform=wayland",
    # no question, no bubble, no first run, also after a power cut
    "--no-first-run", "--noerrdialogs", "--disable-session-crashed-bubble", "--disable-infobars",
    "--password-store=basic", "--disk-cache-size=1",
    # two fingers neither enlarge the page nor leaf through pages before it
    "--disable-pinch", "--overscroll-history-navigation=0",
    # it speaks to nobody: the wall would refuse it anyway
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
    "--disable-domain-reliability", "--no-pings", "--check-for-update-interval=31536000",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--disable-extensions",
)  # fmt: skip


def command(profile: Path, page: Path) -> list[str]:
    """Return the command that shows page; profile is a folder in memory. No secret is in it."""
    return [COMMAND, *FLAGS, f"--user-data-dir={profile}", page.as_uri()]


def environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the browser's environment: what it keeps in a home goes into memory, and there is no bus to speak on."""
    kept = {name: value for name, value in given.items() if not name.startswith("XDG_") or name == "XDG_RUNTIME_DIR"}
    return {**kept, "HOME": str(home), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
