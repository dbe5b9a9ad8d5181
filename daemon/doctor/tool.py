"""Asks programs of this computer, such as systemctl; one that is missing, fails or hangs has said nothing."""

import os
import shutil
import subprocess

LIMIT_S = 5.0


def told(*command: str, limit_s: float = LIMIT_S) -> str | None:
    """Return what a program wrote to its output, in the C locale; None when it is missing, failed or took too long."""
    path = shutil.which(command[0])
    if path is None:
        return None
    env = os.environ | {"LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}
    try:
        done = subprocess.run(  # noqa: S603, our own words
            [path, *command[1:]], capture_output=True, timeout=limit_s, check=False, env=env, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def pairs(text: str | None) -> dict[str, str]:
    """Return KEY=VALUE lines as a mapping."""
    lines = (line.partition("=") for line in (text or "").splitlines())
    return {key: value.strip('"') for key, sep, value in lines if sep}
