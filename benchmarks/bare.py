"""The least that a process with the product's parts must be: what the product is measured beside.

    python -m benchmarks.bare PORT HZ SIZE           FastAPI idle, bleak imported, aiomqtt publishing
    python -m benchmarks.bare PORT HZ SIZE --loop    aiomqtt publishing, nothing else

Publishes SIZE bytes HZ times a second on TOPIC, each beginning with its moment: ns of the monotonic clock.
"""

import asyncio
import contextlib
import sys
import time

import aiomqtt

TOPIC = "bench/bare"


async def publish(port: int, hz: float, size: int) -> None:
    """Publish until cancelled, as the product publishes its state: retained, QoS 0."""
    async with aiomqtt.Client("127.0.0.1", port) as mqtt:
        while True:
            await mqtt.publish(TOPIC, str(time.monotonic_ns()).ljust(size, "."), retain=True)
            await asyncio.sleep(1 / hz)


async def serve_too(port: int, hz: float, size: int) -> None:
    """Publish beside a web server that nobody asks."""
    import bleak.backends.bluezdbus.client  # noqa: F401, the product imports it too
    import uvicorn
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/")
    async def root() -> dict[str, str]:
        return {"status": "ok"}

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    await asyncio.gather(server.serve(), publish(port, hz, size))


if __name__ == "__main__":
    what = publish if "--loop" in sys.argv else serve_too
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(what(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
