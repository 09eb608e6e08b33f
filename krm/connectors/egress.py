"""Where KRM may connect to. Every connection, redirects included, passes `resolve`, and goes to the address checked.

Names are resolved once and the connection is pinned to that address, so a name that answers differently the second
time gains nothing.  `KRM_EGRESS_ALLOW` lists host:port pairs that may be private and plain HTTP: the sandbox, or a
service inside the agency's own network.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

FORBIDDEN = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent: a public address that is not public
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")


class Refused(Exception):
    """KRM will not connect there."""


def allowed() -> frozenset[tuple[str, int]]:
    pairs = set()
    for text in getattr(settings, "KRM_EGRESS_ALLOW", []):
        host, _, port = text.rpartition(":")
        pairs.add((host.strip("[]").lower(), int(port)))
    return frozenset(pairs)


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _SIX_TO_FOUR:
            inner = address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.scope_id:
            return False
    return not any(address.version == net.version and address in net for net in FORBIDDEN)


def check_url(url: str, *, allow: frozenset[tuple[str, int]] | None = None) -> None:
    """The part of the rule that needs no name service: scheme, user info, port, literal address."""
    allow = allowed() if allow is None else allow
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"Not a usable address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Refused("Only https addresses are called.")
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise Refused("An address with a user name in it is not called.")
    port = port or (443 if parts.scheme == "https" else 80)
    if (host.lower(), port) in allow:
        return
    if parts.scheme != "https":
        raise Refused("Only https addresses are called.")
    if port < 1024 and port != 443:
        raise Refused(f"Port {port} is not called.")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_public(literal):
        raise Refused("Addresses inside a private network are not called.")


def resolve(host: str, port: int, *, allow: frozenset[tuple[str, int]] | None = None) -> list[str]:
    """Every address of the name, all of them public, or `Refused`: one bad address spoils the name."""
    allow = allowed() if allow is None else allow
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} is not known: {error}") from error
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if (host.lower(), port) not in allow and not all(is_public(ipaddress.ip_address(a)) for a in addresses):
        raise Refused("Addresses inside a private network are not called.")
    return addresses


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the very address that was checked; TLS still verifies the name."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        error: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in resolve(host, port):
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise Refused("Sockets of this machine are not called.")
