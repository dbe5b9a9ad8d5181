"""What the checks gather: real mounts, a real pseudo terminal, and folders that look like the kernel's."""

import errno
import fcntl
import os
import shlex
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest

from daemon.claim import claim
from daemon.doctor import computer, disk, port, power, traces
from daemon.doctor.disk import Disk
from daemon.doctor.examine import examine
from daemon.doctor.finding import Finding, ok
from daemon.doctor.power import Power

APART = "unshare --mount" if os.geteuid() == 0 else "unshare --user --map-root-user --mount"
SAY = "import pathlib, sys; from daemon.doctor import disk; print(disk.seen(pathlib.Path(sys.argv[1])))"


def put(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def mounted(folder: Path, options: str, then: str) -> Disk:
    """Return what is seen of a file system of the kernel's own, in a world of its own."""
    script = f"mount -t tmpfs -o {options} none {folder} && {then} {sys.executable} -c {shlex.quote(SAY)} {folder}"
    done = subprocess.run(
        [*APART.split(), "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    seen = eval(done.stdout, {"Disk": Disk})
    assert isinstance(seen, Disk)
    return seen


def test_a_disk_with_room(tmp_path: Path) -> None:
    seen = disk.seen(tmp_path / "not" / "there")
    assert (seen.folder, seen.read_only, seen.error) == (str(tmp_path), False, None)
    assert seen.free
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    seen = mounted(tmp_path, "size=64k", f"(head -c 100000 /dev/zero > {tmp_path}/much 2>&1 || true) &&")
    assert (seen.error, seen.free, seen.read_only) == (errno.ENOSPC, 0, False)


def test_a_disk_that_can_only_be_read(tmp_path: Path) -> None:
    seen = mounted(tmp_path, "size=64k,ro", "")
    assert (seen.error, seen.read_only) == (errno.EROFS, True)


def test_a_card_tells_its_errors_and_its_wear(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    put(tmp_path, "sys/block/mmcblk0/device/pre_eol_info", "0x02\n")
    put(tmp_path, "sys/block/mmcblk0/mmcblk0p2/partition", "2\n")
    put(tmp_path, "sys/fs/ext4/mmcblk0p2/errors_count", "3\n")
    link = tmp_path / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "sys/block/mmcblk0/mmcblk0p2")
    seen = disk.seen(tmp_path, tmp_path)
    assert (seen.faults, seen.wear) == (3, 2)
    assert disk.seen(tmp_path, tmp_path / "sys").faults is None


@pytest.mark.parametrize(("alarm", "told"), [("1", True), ("0", False), ("", None)])
def test_the_voltage_by_the_kernel(tmp_path: Path, alarm: str, told: bool | None) -> None:
    put(tmp_path, "sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", f"{alarm}\n")
    put(tmp_path, power.FIRMWARE, "50005\n")
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "61234\n")
    assert power.seen(tmp_path) == Power(alarm=told, bits=0x50005, heat=61_234)


def test_a_board_that_tells_nothing(tmp_path: Path) -> None:
    assert power.seen(tmp_path) == Power()
    seen = computer.seen(tmp_path)
    assert (seen.available, seen.debian, seen.board) == (None, "", "")


def test_memory_and_versions(tmp_path: Path) -> None:
    put(tmp_path, "proc/meminfo", "MemTotal:        1894016 kB\nMemFree:  1 kB\nMemAvailable:     512000 kB\n")
    put(tmp_path, "proc/vmstat", "pgmajfault 4\noom_kill 2\n")
    put(tmp_path, "etc/os-release", 'PRETTY_NAME="Raspbian"\nID=raspbian\nID_LIKE=debian\nVERSION_ID="13"\n')
    put(tmp_path, "proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5\0")
    seen = computer.seen(tmp_path)
    assert (seen.available, seen.total, seen.killed) == (500, 1849, 2)
    assert (seen.debian, seen.board) == ("13", "Raspberry Pi 4 Model B Rev 1.5")


def test_a_port_is_opened_and_hears_nothing() -> None:
    ours, theirs = os.openpty()
    try:
        name = os.ttyname(theirs)
        os.set_blocking(ours, False)
        seen = port.seen(f"ftms-uart:{name}?speed=9600")
        assert (seen.name, seen.held, seen.wrong) == (name, False, None)
        with pytest.raises(BlockingIOError):
            os.read(ours, 1)
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_port_that_the_daemon_has_is_left_alone() -> None:
    spec = "csafe:/dev/pts/does-not-exist"
    held = claim(spec)
    try:
        assert port.seen(spec).held
    finally:
        held.release()
    assert not port.seen(spec).held


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/dev/serial/by-id/usb-none", "is the adapter plugged in"),
        ("/dev/ttyUSB0", "may be another device after the next start"),
        ("serial0", "no full path"),
    ],
)
def test_a_port_that_cannot_be_had(name: str, words: str) -> None:
    assert words in (port.seen(f"csafe:{name}").wrong or "")


def test_a_port_of_others_is_not_guessed_from_groups() -> None:
    """Another user than us may not open it: nobody, where we are root; else ours, taken from us."""
    ours, theirs = os.openpty()
    try:
        name = os.ttyname(theirs)
        Path(name).chmod(0)
        assert "may not be opened" in (port.seen(f"csafe:{name}", user="nobody").wrong or "")
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_port_that_another_program_has() -> None:
    ours, theirs = os.openpty()
    try:
        Path(os.ttyname(theirs)).chmod(0o666)
        assert port.seen(f"csafe:{os.ttyname(theirs)}", user="nobody").wrong is None
        fcntl.ioctl(theirs, termios.TIOCEXCL)
        seen = port.seen(f"csafe:{os.ttyname(theirs)}", user="nobody")
        assert "held by another program" in (seen.wrong or "")
    finally:
        os.close(ours)
        os.close(theirs)


def test_traces_are_found_beside_the_accounts(tmp_path: Path) -> None:
    put(tmp_path, "traces/trace-000002-asked.jsonl", "")
    put(tmp_path, "traces/trace-000001-unknown.jsonl", "")
    put(tmp_path, "traces/other.txt", "")
    names = [path.name for path in traces.seen(tmp_path / "inclined.db")]
    assert names == ["trace-000001-unknown.jsonl", "trace-000002-asked.jsonl"]


def test_a_check_that_hangs_or_breaks_holds_up_no_other() -> None:
    end = threading.Event()

    def hangs() -> list[Finding]:
        end.wait(60)
        return []

    def breaks() -> list[Finding]:
        raise RuntimeError("no")

    found = examine({"one": hangs, "two": breaks, "three": lambda: [ok("three", "well")]}, 0.3)
    end.set()
    assert [finding.line().split(":")[0] for finding in found] == [
        "look  one           no answer within 0.3 s",
        "look  two           this check broke off (RuntimeError",
        "ok    three         well",
    ]
