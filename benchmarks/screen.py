"""A member's screen as far as the daemon can tell: signs in, and confirms what it was told every 400 ms."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

EVERY_S = 0.4


@contextlib.contextmanager
def screen(port: int, key_file: Path) -> Iterator[None]:
    """Keep a screen open at the daemon on port for the block, from the moment it can be reached."""
    key_file.unlink(missing_ok=True)
    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_stay(port, key_file, over)))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


async def _stay(port: int, key_file: Path, over: threading.Event) -> None:
    while not over.is_set():
        with contextlib.suppress(OSError, ConnectionClosed):
            async with connect(f"ws://127.0.0.1:{port}/console/live") as socket:
                key = await asyncio.to_thread(key_file.read_text, "ascii")
                await socket.send(json.dumps({"type": "hello", "key": key}))
                await _show(socket, over)
        await asyncio.sleep(EVERY_S)


async def _show(socket: ClientConnection, over: threading.Event) -> None:
    """Draw nothing, but answer as the page does."""
    shown = {"prompt": 0, "digit": 0}
    drawing = asyncio.create_task(_draw(socket, shown))
    while not over.is_set() and not drawing.done():
        await socket.send(json.dumps({"type": "confirm", **shown}))
        await asyncio.sleep(EVERY_S)
    drawing.cancel()


async def _draw(socket: ClientConnection, shown: dict[str, int]) -> None:
    async for text in socket:
        prompt = json.loads(text)["prompt"] or {"id": 0, "digit": 0}
        shown.update(prompt=prompt["id"], digit=prompt["digit"])
