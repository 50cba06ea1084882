"""HTTP for the SDK, over aiohttp: a third of the CPU of its default, and three things that its own aiohttp transport lacks.

No cookies (visitors share a connection pool, and must not share what a server remembers of one of them); the answer to an
error is read only so far; closing a response drops its socket at once.
"""

from collections.abc import AsyncIterator
from ipaddress import ip_address

import aiohttp
import httpx2
from yarl import URL

ERROR_MOST_BYTES = 64 * 1024
_KEEP_IDLE_SECONDS = 30.0


class Transport(httpx2.AsyncBaseTransport):
    """Belongs to the event loop that first uses it. Read deadlines are its user's; it knows the connect timeout."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = URL(str(request.url), encoded=True)
        connect = request.extensions.get("timeout", {}).get("connect")
        try:
            response = await self._opened(url).request(
                request.method,
                url,
                headers=request.headers,
                data=request.content or None,
                allow_redirects=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect),
            )
        except (aiohttp.ClientError, OSError) as error:
            raise _as_httpx(error) from None
        headers = [(name, value) for name, value in response.raw_headers if name.lower() != b"set-cookie"]
        return httpx2.Response(response.status, headers=headers, stream=_Body(response), request=request)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self, url: URL) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=not _is_this_machine(url.host or ""),  # the operator's proxy, for what lies behind it
            )
        return self._session


class _Body(httpx2.AsyncByteStream):
    """An iterator rather than a generator: nothing is left to be finalised when a reader stops in the middle."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._room = ERROR_MOST_BYTES if response.status >= 300 else None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise _as_httpx(error) from None
        if self._room is not None:
            chunk = chunk[: self._room]
            self._room -= len(chunk)
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        self._response.close()


def _as_httpx(error: Exception) -> httpx2.TransportError:
    """The SDK knows httpx's errors only. The texts stay behind: they can contain an address with what is in it."""
    if isinstance(error, aiohttp.ServerTimeoutError):
        return httpx2.ConnectTimeout("connect timeout")
    if isinstance(error, aiohttp.ClientConnectorError):
        return httpx2.ConnectError("no connection")
    return httpx2.ReadError("connection broken")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
