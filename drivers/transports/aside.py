"""Work that may block, done beside the loop in a thread that nothing has to wait for."""

import asyncio
import threading
from collections.abc import Callable


async def aside[T](work: Callable[[], T], unwanted: Callable[[T], object], limit_s: float) -> T:
    """Return what work returns, or raise what it raises; TimeoutError after limit_s.

    When nobody waits any more (time over, cancelled, loop gone), the result goes to `unwanted`, in a thread. The
    threads are daemons: one that hangs in the kernel holds up neither the loop nor the end of the program, as a
    thread of asyncio's own pool would.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def deliver(result: T) -> None:
        if done.done():
            _start(lambda: unwanted(result))
        else:
            done.set_result(result)

    def fail(error: BaseException) -> None:
        if not done.done():
            done.set_exception(error)

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001, whatever it is belongs to who waits
            _tell(loop, fail, error)
            return
        if not _tell(loop, deliver, result):
            unwanted(result)

    _start(run)
    try:
        async with asyncio.timeout(limit_s):
            return await done
    except BaseException:
        if done.done() and not done.cancelled() and done.exception() is None:  # it came as the waiter was leaving
            result = done.result()
            _start(lambda: unwanted(result))
        raise


def _tell[T](loop: asyncio.AbstractEventLoop, how: Callable[[T], None], what: T) -> bool:
    """Call how(what) in the loop; say whether there still is one."""
    try:
        loop.call_soon_threadsafe(how, what)
    except RuntimeError:  # closed
        return False
    return True


def _start(work: Callable[[], object]) -> None:
    threading.Thread(target=work, name="serial port", daemon=True).start()
