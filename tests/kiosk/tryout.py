"""Tries the screen as a Raspberry Pi has it, by hand: `sudo .venv/bin/python -m tests.kiosk.tryout FOLDER`.

In a Debian 13 of its own (about 1 GB, made by mmdebstrap in FOLDER, kept for the next time) the real session runs as an
unprivileged user behind the real wall, under cage with a picture in memory, against the real daemon with a simulated
treadmill. It turns the picture, types what leads out of a usual browser, switches the panel, kills the browser and the
daemon, and leaves what the screen showed in FOLDER/pictures. Look at every one of them. It takes three minutes.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.package.trixie import mirror

CHECKOUT = Path(__file__).parents[2]
PACKAGES = (
    *("python3", "systemd", "libpam-systemd", "cage", "chromium", "wlr-randr", "nftables", "fonts-dejavu-core"),
    *("grim", "wtype", "procps", "iproute2"),
)
CONFIGURATION = """
[machine]
site = "north"
machine = "t07"
name = "Treadmill 7"
zone = "Cardio"
driver = "simulated:"
mode = "nudge"
units = "km/h"
[store]
path = "{folder}/inclined.db"
[console]
key_file = "{root}/run/inclined/console.key"
"""
OUTSIDE = """
set -e
ip link set lo up
service() { while :; do
  while [ -e "$2/root/srv/kill-the-daemon" ]; do sleep 0.2; done
  "$1" run --config "$2/inclined.toml" >>"$2/daemon.log" 2>&1 & echo $! >"$2/daemon.pid"
  while kill -0 $! 2>/dev/null && [ ! -e "$2/root/srv/kill-the-daemon" ]; do sleep 0.2; done
  kill -9 $! 2>/dev/null || true
done; }
service "$@" & service=$!
trap 'kill $service; kill "$(cat "$2/daemon.pid")"' EXIT
while [ ! -e "$2/root/run/inclined/console.key" ]; do sleep 0.2; done
unshare --mount --pid --fork --kill-child bash "$2/inside.sh" "$2/root"
"""
INSIDE = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sys sys
mount -t tmpfs tmpfs dev
mkdir dev/shm
for node in null zero full random urandom tty; do touch dev/$node; mount --bind /dev/$node dev/$node; done
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p run/user/4321 old
mount -t tmpfs -o mode=0700,uid=4321,gid=4321 tmpfs run/user/4321
pivot_root . old   # in a chroot the kernel refuses the browser its sandbox
cd /
umount -l /old
nft -f /srv/inclined.nft
exec bash /srv/play.sh
"""
PLAY = """
user() { setpriv --reuid 4321 --regid 4321 --clear-groups --no-new-privs --bounding-set=-all \\
  env -i PATH=/usr/bin:/bin HOME=/ XDG_RUNTIME_DIR=/run/user/4321 "$@"; }
unit() { while :; do
  user WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman {command} >>/srv/session.log 2>&1
  sleep 2
done; }
on() { user WAYLAND_DISPLAY=wayland-0 "$@"; }
picture() { sleep "$2"; on grim "/run/user/4321/$1.png" && cp "/run/user/4321/$1.png" /srv/pictures/; }
wish() { echo "$1" >/run/inclined/screen; chgrp 4321 /run/inclined/screen; }

mv /run/inclined/console.key /run/inclined/away
unit &
picture 1-starting 12
picture 2-told-what-to-do 32
mv /run/inclined/away /run/inclined/console.key
picture 3-the-page 8
for key in n t w; do on wtype -M ctrl $key -m ctrl; done
on wtype -M alt -k F4 -m alt; on wtype -k F11
picture 4-after-keys 5
for turn in 90 180 270; do
  wish "{\\"rotate\\": $turn}"
  picture 5-turned-$turn 14
  on wlr-randr | grep Transform
done
wish '{}'
sleep 14
echo off >/run/inclined/panel; sleep 3; on wlr-randr | grep Enabled
echo on >/run/inclined/panel; sleep 3; on wlr-randr | grep Enabled
for size in 800x480 480x800 720x1280 600x1024 1024x600 1280x800; do
  on wlr-randr --output HEADLESS-1 --custom-mode $size
  picture 6-$size 3
done
kill -9 "$(pgrep -o -u 4321 chromium)"
picture 7-after-the-browser-was-killed 14
touch /srv/kill-the-daemon
picture 8-while-the-daemon-is-away 4
rm /srv/kill-the-daemon
picture 9-after-the-daemon-was-killed 12
echo "$(ps -u 4321 -o rss= | awk '{s+=$1} END {print int(s/1024)}') MiB, shared parts counted in each process"
"""


def debian(root: Path) -> None:
    """Make the Debian 13, once."""
    if (root / "usr/bin/cage").exists():
        return
    wanted = ["--variant=minbase", f"--include={','.join(PACKAGES)}", "trixie", str(root)]
    subprocess.run(["mmdebstrap", "--quiet", "--mode=root", *wanted, f"deb {mirror()} trixie main"], check=True)
    with (root / "etc/passwd").open("a", encoding="ascii") as accounts:
        accounts.write("inclined-kiosk:x:4321:4321::/:/usr/sbin/nologin\n")


def furnish(folder: Path, root: Path) -> None:
    """Put in what the package brings for the screen."""
    site = root / "usr/lib/inclined/lib/python3.13/site-packages"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(CHECKOUT / "daemon", site / "daemon")
    (root / "usr/lib/inclined/bin").mkdir(exist_ok=True)
    python = root / "usr/lib/inclined/bin/python3"
    python.unlink(missing_ok=True)
    python.symlink_to("/usr/bin/python3.13")
    venv = "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.13\n"
    (root / "usr/lib/inclined/pyvenv.cfg").write_text(venv, encoding="ascii")
    shutil.copytree(CHECKOUT / "deploy/kiosk/policies", root / "etc/chromium/policies", dirs_exist_ok=True)
    shutil.copy(CHECKOUT / "deploy/kiosk/inclined.nft", root / "srv")
    unit = (CHECKOUT / "systemd/inclined-kiosk.service").read_text(encoding="utf-8")
    command = next(line.removeprefix("ExecStart=") for line in unit.splitlines() if line.startswith("ExecStart="))
    (root / "srv/play.sh").write_text(PLAY.replace("{command}", command), encoding="utf-8")
    shutil.rmtree(root / "srv/pictures", ignore_errors=True)
    (root / "srv/pictures").mkdir()
    run = root / "run/inclined"
    shutil.rmtree(run, ignore_errors=True)  # the key of the last time is nobody's
    run.mkdir()
    os.chown(run, 0, 4321)
    run.chmod(0o2755)
    (folder / "inside.sh").write_text(INSIDE, encoding="utf-8")
    (folder / "inclined.toml").write_text(CONFIGURATION.format(folder=folder, root=root), encoding="utf-8")


def main() -> int:
    """Try it; return what the last part returned."""
    if len(sys.argv) != 2 or os.geteuid() != 0:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1]).resolve()
    root = folder / "root"
    folder.mkdir(parents=True, exist_ok=True)
    debian(root)
    furnish(folder, root)
    inclined = Path(sys.executable).with_name("inclined")
    done = subprocess.run(["unshare", "--net", "bash", "-c", OUTSIDE, "sh", str(inclined), str(folder)], check=False)
    shutil.copytree(root / "srv/pictures", folder / "pictures", dirs_exist_ok=True)
    print(json.dumps(sorted(file.name for file in (folder / "pictures").iterdir()), indent=1))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
