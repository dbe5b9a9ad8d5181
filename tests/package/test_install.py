"""The package on a Debian 13 without a network: what it brings, who may do what, and what stays when it goes."""

import re

import pytest

from daemon.main import COMMANDS
from tests.package.trixie import Fresh, Machine

TOO_EXPOSED = 1.5
LISTING = "find / -xdev ! -path '/proc/*' ! -path '/dev/*' ! -path '/srv/*' -printf '%p %u:%g %m\\n' | sort"
NOT_OURS = (
    "/var/lib/dpkg/", "/var/log/", "/var/cache/", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow",
    "/etc/.pwd.lock", "/etc/subuid", "/etc/subgid", "/var/lib/systemd/deb-systemd-helper", "/run/lock", "/run/systemd",
)  # fmt: skip
"""What dpkg and Debian write for any package; the users stay."""


def test_it_brings_the_command(installed: Machine) -> None:
    assert installed.says("inclined", "--version").strip() == installed.says(
        "dpkg-query", "-W", "-f=${Version}", "inclined"
    )
    assert "nudge" in installed.says("inclined", "check", "/usr/share/doc/inclined/examples/inclined.toml")


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"demo"}))
def test_every_command_of_a_pi_can_be_asked(installed: Machine, command: str) -> None:
    assert f"usage: inclined {command}" in installed.says("inclined", command, "--help")


def test_a_wrong_word_is_one_line(installed: Machine) -> None:
    said = installed.ran("inclined", "fly")
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)


def test_what_a_pi_does_not_carry_says_so(installed: Machine) -> None:
    said = installed.ran("inclined", "demo")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1), said.stderr


def test_nobodys_environment_leads_to_other_code(fresh: Fresh, installed: Machine) -> None:
    machine = fresh("machine", installed)
    said = machine.sh("cd /tmp; echo 'raise SystemExit(7)' >daemon.py; PYTHONPATH=/tmp inclined --version")
    assert said[0].isdigit()


def test_who_may_do_what(installed: Machine) -> None:
    assert "dialout" in installed.says("id", "--name", "--groups", "inclined").split()
    assert installed.says("id", "--name", "--groups", "inclined-kiosk").split() == ["inclined-kiosk"]
    stat = installed.says(
        "stat", "-c", "%n %U:%G %a", "/etc/inclined", "/var/lib/inclined", "/run/inclined", "/var/backups/inclined"
    )
    assert stat.splitlines() == [
        "/etc/inclined root:inclined 770",
        "/var/lib/inclined inclined:inclined 750",
        "/run/inclined inclined:inclined-kiosk 2755",
        "/var/backups/inclined root:root 700",
    ]


def test_the_screens_user_can_read_the_key_and_others_cannot(fresh: Fresh, installed: Machine) -> None:
    """As the service makes it: without chown, in the folder that gives its files to the screen's group."""
    machine = fresh("machine", installed)
    key = "/run/inclined/console.key"
    machine.sh(f"rm -f {key}; setpriv --reuid inclined --regid inclined --init-groups sh -c 'umask 027; echo k >{key}'")
    assert machine.sh(as_user("inclined-kiosk", f"cat {key}")) == "k\n"
    for place in ("/var/lib/inclined/x", "/etc/inclined/x", "/run/inclined/x"):
        assert machine.ran("sh", "-c", as_user("inclined-kiosk", f"touch {place}")).returncode != 0
    assert machine.ran("sh", "-c", as_user("nobody", f"cat {key}")).returncode != 0


def as_user(name: str, script: str) -> str:
    return f"setpriv --reuid {name} --regid $(id -g {name}) --init-groups sh -c '{script}'"


def test_the_units_start_by_themselves(installed: Machine) -> None:
    assert installed.says("systemctl", "is-enabled", "inclined.service") == "enabled\n"


def test_systemd_reads_every_line(installed: Machine) -> None:
    verified = installed.ran("systemd-analyze", "verify", "/usr/lib/systemd/system/inclined.service")
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_the_service_is_shut_in(installed: Machine) -> None:
    said = installed.says("systemd-analyze", "security", "--offline=yes", "--no-pager", "inclined.service")
    score = re.search(r"exposure level for inclined\.service: ([0-9.]+)", said)
    assert score
    assert float(score[1]) <= TOO_EXPOSED, said


def test_udev_reads_the_rules(installed: Machine) -> None:
    said = installed.says("udevadm", "verify", "/usr/lib/udev/rules.d/60-inclined-serial.rules")
    assert "Fail:    0" in said


def test_the_manual_holds_every_command(installed: Machine) -> None:
    page = installed.ran("man", "--warnings", "--pager=cat", "inclined")
    assert (page.returncode, page.stderr) == (0, "")
    for command in COMMANDS:
        assert f"usage: inclined {command}" in page.stdout
    assert "--config FILE" in page.stdout
    rollback = installed.ran("man", "--warnings", "--pager=cat", "inclined-rollback")
    assert (rollback.returncode, rollback.stderr) == (0, "")


def test_the_pages_lead_nowhere_outside(installed: Machine) -> None:
    """Pages about the code lead to the code; those for staff, managers and members do not."""
    for page in ("staff", "safety", "settings", "members", "managers", "integrators", "topics"):
        text = installed.says("cat", f"/usr/share/doc/inclined/docs/{page}.md")
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert installed.ran("test", "-e", f"/usr/share/doc/inclined/docs/{link}").returncode == 0, (page, link)


def test_the_screens_user_cannot_speak_to_bluetooth(fresh: Fresh, installed: Machine) -> None:
    """Asked of a real bus with Debian's own policy for Bluetooth; nobody owns the name: denied, or only absent."""
    machine = fresh("machine", installed)
    bus = "mkdir -p /run/dbus; rm -f /run/dbus/pid; dbus-daemon --system --fork --nopidfile; "
    call = "dbus-send --system --print-reply --dest=org.bluez / org.freedesktop.DBus.Introspectable.Introspect"
    answers = {user: machine.sh(f"{bus}{as_user(user, call)} 2>&1 || true") for user in ("inclined", "inclined-kiosk")}
    assert "AccessDenied" in answers["inclined-kiosk"]
    assert "AccessDenied" not in answers["inclined"]
    assert "Error" in answers["inclined"]


def test_purging_leaves_nothing_but_the_users(fresh: Fresh, installed: Machine) -> None:
    before = fresh("bare").sh(LISTING).splitlines()
    machine = fresh("purged", installed)
    machine.sh("""
        cp /usr/share/doc/inclined/examples/inclined.toml /etc/inclined/
        touch /var/lib/inclined/inclined.db /var/backups/inclined/x
        mkdir -p /etc/credstore; touch /etc/credstore/inclined.mqtt
    """)
    machine.says("dpkg", "--remove", "inclined")
    machine.sh(
        "test -e /etc/inclined/inclined.toml; test -e /var/lib/inclined/inclined.db; test ! -e /usr/lib/inclined"
    )
    machine.says("dpkg", "--purge", "inclined")
    left = [line for line in machine.sh(LISTING).splitlines() if line not in before and not line.startswith(NOT_OURS)]
    assert [line for line in left if line.split()[0] not in known(before)] == []
    assert machine.says("id", "-u", "inclined")


def known(listing: list[str]) -> set[str]:
    return {line.split()[0] for line in listing} | {"/etc/credstore"}
