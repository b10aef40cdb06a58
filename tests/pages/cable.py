"""A cable between a page and the switch that can be pulled: then nothing is said any more, not even that it is so."""

import asyncio
import contextlib

Ends = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Cable:
    """Used as ``async with``. ``url``: where a page finds the switch. A connection that was there when the cable was pulled
    stays silent for ever, as after a sleep; a new one waits for it to be plugged in."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._whole = asyncio.Event()
        self._whole.set()
        self._live: set[Ends] = set()
        self._silent: set[Ends] = set()

    async def __aenter__(self) -> "Cable":
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for ends in (*self._live, *self._silent):
            for end in ends:
                end.close()

    def pull(self) -> None:
        self._whole.clear()
        self._silent |= self._live
        self._live.clear()

    def plug(self) -> None:
        self._whole.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        far, there = await asyncio.open_connection("127.0.0.1", self._port)
        ends = (writer, there)
        self._live.add(ends)
        await asyncio.gather(self._carry(ends, reader, there), self._carry(ends, far, writer))

    async def _carry(self, ends: Ends, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if ends in self._live:
                    writer.write(data)
        if ends in self._live:
            writer.close()
