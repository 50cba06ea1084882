"""A line to a server that can be cut and mended: the server is away for a while, and has lost nothing when it is back."""

import asyncio
import threading
from contextlib import suppress
from pathlib import Path


class Line:
    def __init__(self, listen, connect):
        """`listen(serve)` opens the near end, `connect()` the far one."""
        self._listen, self._connect = listen, connect
        self._is_cut = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._served: set[asyncio.Task] = set()
        self.refused = 0

    @classmethod
    def between_sockets(cls, near: Path, far: Path) -> "Line":
        return cls(lambda serve: asyncio.start_unix_server(serve, near), lambda: asyncio.open_unix_connection(far))

    @classmethod
    def between_ports(cls, near: int, far: int) -> "Line":
        return cls(
            lambda serve: asyncio.start_server(serve, "127.0.0.1", near), lambda: asyncio.open_connection("127.0.0.1", far)
        )

    async def __aenter__(self) -> "Line":
        self._server = await self._listen(self._serve)
        return self

    async def __aexit__(self, *_error) -> None:
        self.cut()
        self._server.close()
        await asyncio.gather(*self._served, return_exceptions=True)

    def cut(self) -> None:
        """Every connection ends now, and new ones end at once."""
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            self.refused += 1
            writer.transport.abort()
            return
        far_reader, far_writer = await self._connect()
        self._ends |= {writer, far_writer}
        self._served.add(asyncio.current_task())
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._ends -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


class LineInThread:
    """The same for a test that has no event loop of its own: `with LineInThread(near, far) as line`."""

    def __init__(self, near: int, far: int) -> None:
        self._line = Line.between_ports(near, far)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "LineInThread":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._line.__aenter__(), self._loop).result(5)
        return self

    def __exit__(self, *error) -> None:
        asyncio.run_coroutine_threadsafe(self._line.__aexit__(*error), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._line.cut)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._line.mend)
