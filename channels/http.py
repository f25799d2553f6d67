"""Fetching attachments from addresses that strangers chose, and judging failed transports.

Nothing here puts an address, a header or a body into an exception: Telegram's file addresses hold
the bot token, Meta's hold signatures.
"""

import http.client
import ipaddress
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection as urllib3_connection

from channels.errors import MediaError
from channels.message import ErrorClass, MediaContent

DEFAULT_MAX_BYTES = 20 * 1024 * 1024
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 10.0
TOTAL_TIMEOUT_S = 60.0
_MAX_REDIRECTS = 5
_CHUNK_BYTES = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

# Turns a host and port into numeric addresses; raises OSError when the name does not exist.
Resolve = Callable[[str, int], list[str]]


class PrivateAddressError(Exception):
    """The name leads to a machine that is not on the public internet.

    Not an OSError: urllib3 would take it for a broken line and try again.
    """


@dataclass(frozen=True, slots=True)
class _Origin:
    scheme: str
    host: str
    port: int


def resolve_by_dns(host: str, port: int) -> list[str]:
    """Return the numeric addresses of a host in the order in which the system prefers them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


class MediaFetcher:
    """Downloads attachments: bounded in time and size, never from a private network.

    Args:
        allowed_origin: the one origin (``http://127.0.0.1:8090``) that may be private: the
            sandbox. None in production.
        max_bytes: larger attachments are refused while they stream in.
        resolve: how names become addresses; the default asks the system.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        allowed_origin: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        resolve: Resolve = resolve_by_dns,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = _origin(urlsplit(allowed_origin)) if allowed_origin else None
        self._max_bytes = max_bytes
        self._clock = clock
        self._session = requests.Session()
        # No proxy, no .netrc: the address check must see the real peer, and no password of this
        # machine may travel to a stranger's host.
        self._session.trust_env = False
        guard = _GuardedAdapter(resolve, self._allowed)
        self._session.mount("https://", guard)
        self._session.mount("http://", guard)

    def fetch(
        self,
        url: str,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> MediaContent:
        """Download one attachment.

        Credentials go to the first address only and to no redirect: file stores refuse a request
        that carries both their signature and a password, and they are not meant for them.

        Args:
            url: https, or the allowed origin.
            auth: user and password of Basic authentication.
            headers: further headers for the first address, such as a bearer token.

        Raises:
            MediaError: it did not come; `retryable` says whether it may later.
        """
        deadline = self._clock() + TOTAL_TIMEOUT_S
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._get(url, auth, headers)
            with response:
                if response.is_redirect or response.is_permanent_redirect:
                    url = urljoin(url, response.headers["location"])
                    auth = headers = None
                    continue
                _raise_for_status(response.status_code, with_credentials=bool(auth or headers))
                return self._read(response, deadline)
        raise MediaError("refused", "too many redirects", retryable=False)

    def close(self) -> None:
        """Give the pooled connections back."""
        self._session.close()

    def _get(
        self, url: str, auth: tuple[str, str] | None, headers: Mapping[str, str] | None
    ) -> requests.Response:
        self._check_scheme(url)
        try:
            return self._session.get(
                url,
                auth=auth,
                headers=headers,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                stream=True,
                allow_redirects=False,
            )
        except PrivateAddressError:
            raise MediaError("refused", "the address is not public", retryable=False) from None
        except (requests.RequestException, ValueError):
            # from None: the cause prints the address.
            raise MediaError(
                "unavailable", "the file server did not answer", retryable=True
            ) from None

    def _check_scheme(self, url: str) -> None:
        try:
            origin = _origin(urlsplit(url))
        except ValueError:
            origin = None
        if origin is None or (origin.scheme != "https" and origin != self._allowed):
            raise MediaError("refused", "not an https address", retryable=False)

    def _read(self, response: requests.Response, deadline: float) -> MediaContent:
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            raise MediaError("too_large", "larger than we take", retryable=False)
        content = bytearray()
        try:
            for chunk in response.iter_content(_CHUNK_BYTES):
                content += chunk
                if len(content) > self._max_bytes:
                    raise MediaError("too_large", "larger than we take", retryable=False)
                if self._clock() > deadline:
                    raise MediaError("unavailable", "the file came too slowly", retryable=True)
        except requests.RequestException:
            raise MediaError("unavailable", "the file broke off", retryable=True) from None
        described = Message()
        described["content-type"] = response.headers.get("content-type", "")
        described["content-disposition"] = response.headers.get("content-disposition", "")
        mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return MediaContent(bytes(content), mime or None, described.get_filename())


def send_failure(error: BaseException) -> ErrorClass:
    """Judge a transport error of a send: RETRY if nothing can have left, else AMBIGUOUS."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, requests.exceptions.SSLError | requests.exceptions.ConnectTimeout):
            return ErrorClass.RETRY
        reason = getattr(seen.args[0], "reason", seen.args[0]) if seen.args else None
        if isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError):
            return ErrorClass.RETRY
        seen = seen.__cause__ or seen.__context__
    return ErrorClass.AMBIGUOUS


def retry_after_s(
    headers: Mapping[str, str], now_s: Callable[[], float] = time.time
) -> float | None:
    """Return the seconds that a Retry-After header asks for, whether number or date; else None."""
    value = next(
        (text for name, text in headers.items() if name.lower() == "retry-after"), ""
    ).strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now_s())
    except (TypeError, ValueError, OverflowError):
        return None


def is_public(address: str) -> bool:
    """Say whether a numeric address is on the public internet, looking into IPv6 wrappings."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


def _raise_for_status(status: int, *, with_credentials: bool) -> None:
    if status == http.client.OK:
        return
    if status in (http.client.ACCEPTED, http.client.NOT_FOUND):
        # Twilio announces media before they can be fetched; the worker tries again soon. LINE
        # says 202 until a video is ready.
        raise MediaError("unavailable", "not there (yet)", retryable=True)
    if status == http.client.UNAUTHORIZED:
        raise MediaError("unauthorized", "our credentials were refused", retryable=True)
    if status == http.client.GONE or (status == http.client.FORBIDDEN and not with_credentials):
        raise MediaError("expired", "the address has expired", retryable=False)
    if status in (http.client.REQUEST_TIMEOUT, http.client.TOO_MANY_REQUESTS) or status >= 500:
        raise MediaError("unavailable", f"the file server answered {status}", retryable=True)
    raise MediaError("refused", f"the file server answered {status}", retryable=False)


def _origin(parts: SplitResult) -> _Origin | None:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or not parts.hostname:
        return None
    return _Origin(parts.scheme, parts.hostname, parts.port or default)


class _GuardedAdapter(HTTPAdapter):
    """Connects only to addresses that were checked: no second look-up, so no DNS rebinding."""

    def __init__(self, resolve: Resolve, allowed: _Origin | None) -> None:
        self._resolve = resolve
        self._allowed = allowed
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        connect = self._connect

        class GuardedConnection(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return connect("http", self)

        class GuardedTlsConnection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return connect("https", self)

        class GuardedPool(HTTPConnectionPool):
            ConnectionCls = GuardedConnection

        class GuardedTlsPool(HTTPSConnectionPool):
            ConnectionCls = GuardedTlsConnection

        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTlsPool}

    def _connect(self, scheme: str, wanted: HTTPConnection) -> socket.socket:
        port = wanted.port or (443 if scheme == "https" else 80)
        try:
            addresses = self._resolve(wanted.host, port)
            if _Origin(scheme, wanted.host, port) != self._allowed:
                _refuse_private(addresses)
            return _connect_to_first(addresses, port, wanted.timeout)
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(wanted, "no connection") from error


def _refuse_private(addresses: list[str]) -> None:
    if not all(is_public(address) for address in addresses):
        raise PrivateAddressError("not a public address")


def _connect_to_first(addresses: list[str], port: int, timeout: Any) -> socket.socket:
    failure = OSError("the name has no address")
    for address in addresses:
        try:
            return urllib3_connection.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure
