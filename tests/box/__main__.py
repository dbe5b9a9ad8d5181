"""Boot a box for a command: `python -m tests.box busctl tree org.bluez`; without one, for a shell."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.box.box import boot
from tests.box.image import image


async def main(command: list[str]) -> int:
    """Run the command with the box as its BlueZ, RADIO as the treadmill's control socket; return its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        async with boot(image(), Path(folder) / "console.txt") as box:
            seen = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": box.bus, "RADIO": str(box.radio.control)}
            return await (await asyncio.create_subprocess_exec(*command, env=seen)).wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:] or ["bash"])))
