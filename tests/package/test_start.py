"""What starts the daemon, tried as far as it goes without a booted systemd: there is no bus, network or Bluetooth."""

import re
import shlex
from pathlib import Path

import pytest

from tests.package.conftest import CHIP
from tests.package.trixie import Fresh, Machine

CONFIGURATION = """\
[machine]
site = "gym"
machine = "t07"
name = "Treadmill 7"
zone = "Hall"
driver = "ftms:C0:FF:EE:00:00:07"
mode = "observe"
units = "km/h"
[mqtt]
host = "broker.gym.example"
"""
LISTENER = """
import os, pathlib, socket, subprocess, sys, time
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind("/run/ear")
os.chmod("/run/ear", 0o777)
ear.settimeout(float(sys.argv[1]))
daemon = subprocess.Popen(sys.argv[2:], stderr=subprocess.PIPE, text=True)
try:
    heard = []
    while "READY=1" not in heard:
        heard += ear.recv(4096).decode().splitlines()
    pathlib.Path("/etc/inclined/inclined.toml").write_text(sys.stdin.read())
    end = time.monotonic() + float(sys.argv[1])
    while not os.path.exists("/var/lib/inclined/inclined.db") and time.monotonic() < end:
        time.sleep(0.1)
except TimeoutError:
    heard = ["never ready"]
daemon.terminate()
print("READY=1" if "READY=1" in heard else heard[-1], daemon.communicate()[1])
raise SystemExit(0)
"""
LIMIT_S = 60
RECORDER = '#!/bin/sh\necho "$0 $*" >>/srv/called\n'


def started(machine: Machine) -> str:
    """Run ExecStart= of the unit as its user, with the little that systemd gives; return what was heard and logged.

    Once it is ready, the configuration is written, whether or not there was one; its database says that it began.
    """
    unit = machine.says("cat", "/usr/lib/systemd/system/inclined.service")
    line = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert line
    little = ["env", "-i", "NOTIFY_SOCKET=/run/ear", "PATH=/usr/bin", "CREDENTIALS_DIRECTORY=/nowhere"]
    user = ["setpriv", "--reuid=inclined", "--regid=inclined", "--init-groups", "--no-new-privs"]
    command = [*user, *little, *shlex.split(line[1])]
    ran = machine.ran("python3", "-c", LISTENER, str(LIMIT_S), *command, typed=CONFIGURATION)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_it_is_ready_without_a_configuration_and_begins_with_one(fresh: Fresh, installed: Machine) -> None:
    machine = fresh("bare", installed)
    log = started(machine)
    assert log.startswith("READY=1 ")
    assert "Traceback" not in log
    assert machine.says("stat", "-c", "%U", "/var/lib/inclined/inclined.db") == "inclined\n"


def test_it_is_ready_with_nothing_there(fresh: Fresh, installed: Machine) -> None:
    machine = fresh("alone", installed)
    machine.sh(f"cat >/etc/inclined/inclined.toml <<'END'\n{CONFIGURATION}\nEND\n")
    log = started(machine)
    assert log.startswith("READY=1 ")
    assert "Traceback" not in log
    assert machine.says("stat", "-c", "%U:%G %a", "/run/inclined/console.key") == "inclined:inclined-kiosk 640\n"
    assert machine.says("stat", "-c", "%U", "/var/lib/inclined/inclined.db") == "inclined\n"


@pytest.fixture
def watched(fresh: Fresh) -> Machine:
    """A machine that looks booted to a package, on which what systemctl is told is written down."""
    machine = fresh("watched")
    machine.sh(f"""
        mkdir -p /run/systemd/system
        for name in systemctl udevadm modprobe; do
          printf '%s' {shlex.quote(RECORDER)} >/usr/local/sbin/$name; chmod +x /usr/local/sbin/$name
        done
    """)
    return machine


def test_the_installation_waits_for_no_service(watched: Machine, packages: dict[str, Path]) -> None:
    watched.says("dpkg", "--install", watched.put(packages[CHIP]))
    calls = watched.says("cat", "/srv/called").splitlines()
    starts = [call for call in calls if re.search(r"systemctl.* (start|restart|reload) ", call)]
    assert any(call.endswith("restart inclined.service") for call in starts)
    assert [call for call in starts if "--no-block" not in call] == []


def test_a_machine_that_forbids_starting_is_obeyed(watched: Machine, packages: dict[str, Path]) -> None:
    watched.sh("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d")
    watched.says("dpkg", "--install", watched.put(packages[CHIP]))
    assert "start inclined" not in watched.says("cat", "/srv/called")
