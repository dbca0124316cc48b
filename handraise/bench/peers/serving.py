"""What the peers share: the port from the command line, a word when they listen, the fast event loop."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from handraise.bench.machine import more_files


async def serve(app: web.Application, port: int) -> None:
    """Serve on loopback until the process is ended."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def start(app: web.Application) -> None:
    """Run the peer on the port in the first argument."""
    import uvloop

    more_files()
    uvloop.run(serve(app, int(sys.argv[1])))
