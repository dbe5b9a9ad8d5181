"""How far systemd/inclined.service closes the daemon in; what it needs to live is in tests/test_unit.py."""

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

type Unit = dict[str, dict[str, list[str]]]

EXPOSURE = 1.5
"""Most that `systemd-analyze security` may find open, of 10."""


@pytest.fixture(scope="module")
def text(checkout: Path) -> str:
    return (checkout / "systemd/inclined.service").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def unit(text: str) -> Unit:
    return parsed(text)


def parsed(text: str) -> Unit:
    """Return section -> key -> values; a key may come twice (systemd.syntax(7))."""
    unit: Unit = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            unit[section][key].append(value)
    return unit


def test_nothing_is_waited_for_that_may_be_missing(unit: Unit) -> None:
    wanted = " ".join(word for key in ("After", "Wants", "Requires", "BindsTo") for word in unit["Unit"][key])
    assert "network-online.target" not in wanted
    assert unit["Unit"]["Requires"] == unit["Unit"]["BindsTo"] == []
    assert unit["Unit"]["Wants"] == ["bluetooth.service"]


def test_it_has_its_own_user_without_privileges(unit: Unit) -> None:
    service = unit["Service"]
    assert service["User"] == service["Group"] == ["inclined"]
    assert service["SupplementaryGroups"] == ["dialout inclined-kiosk"]
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == [""]
    assert service["NoNewPrivileges"] == ["yes"]


def test_it_writes_only_its_own_folders_and_opens_only_serial_ports(unit: Unit) -> None:
    service = unit["Service"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["ReadWritePaths"] == ["-/etc/inclined -/run/inclined"]
    assert service["StateDirectory"] == service["ConfigurationDirectory"] == ["inclined"]
    assert service["DevicePolicy"] == ["closed"]
    assert all(re.fullmatch(r"char-tty(USB|ACM|AMA|S) rw", device) for device in service["DeviceAllow"])


def test_it_reaches_this_building_only(unit: Unit) -> None:
    service = unit["Service"]
    assert service["IPAddressDeny"] == ["any"]
    assert "any" not in service["IPAddressAllow"][0].split()
    families = set(service["RestrictAddressFamilies"][0].split())
    assert families == {"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"}


def test_a_credential_that_is_missing_is_no_reason_not_to_start(unit: Unit) -> None:
    service = unit["Service"]
    assert service["ImportCredential"] == ["inclined.*"]
    assert service["LoadCredential"] == service["LoadCredentialEncrypted"] == []


def test_a_key_is_set_twice_only_where_values_add_up(unit: Unit) -> None:
    twice = {key for section in unit.values() for key, values in section.items() if len(values) > 1}
    assert twice == {"DeviceAllow", "SystemCallFilter"}


def test_systemd_finds_it_well_closed(checkout: Path) -> None:
    """Where systemd is there to ask, as on any Debian."""
    tool = shutil.which("systemd-analyze")
    if tool is None:
        return
    path = checkout / "systemd/inclined.service"
    limit = f"--threshold={round(EXPOSURE * 10)}"
    command = [tool, "security", "--offline=yes", "--no-pager", limit, str(path)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr
