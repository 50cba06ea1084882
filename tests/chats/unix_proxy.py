"""A unix socket in front of another that can be cut and mended: Redis away, without losing what is in it."""

import asyncio
from contextlib import suppress
from pathlib import Path


class UnixProxy:
    def __init__(self, path: Path, *, to: Path):
        self.path, self._to = path, to
        self.refused = 0
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self):
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def __aexit__(self, *_):
        await self.cut()
        self._server.close()

    async def cut(self):
        """Every connection ends now, and new ones end at once."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    async def mend(self):
        self._is_cut = False

    async def _serve(self, reader, writer):
        if self._is_cut:
            self.refused += 1
            writer.transport.abort()
            return
        behind_reader, behind_writer = await asyncio.open_unix_connection(self._to)
        self._writers |= {writer, behind_writer}
        await asyncio.gather(_copy(reader, behind_writer), _copy(behind_reader, writer))
        self._writers -= {writer, behind_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
