"""Where KRM will not connect, however the address is spelled, and the limits of a call."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import pytest

from krm.connectors import egress, http

REFUSED = [
    "http://127.0.0.1/", "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/",
    "https://0x7f000001/", "https://0x7f.0x0.0x0.0x1/", "https://017700000001/", "https://0177.0.0.1/",
    "https://0/", "https://0.0.0.0/", "https://localhost/", "https://LOCALHOST/", "https://localhost./",
    "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/", "https://172.31.255.255/",
    "https://192.168.0.1/", "https://192.168.1.1:8443/", "https://169.254.169.254/latest/meta-data/",
    "https://169.254.170.2/", "https://100.64.0.1/", "https://100.100.100.200/", "https://192.0.0.192/",
    "https://168.63.129.16/", "https://198.18.0.1/", "https://203.0.113.7/", "https://224.0.0.1/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::ffff:10.0.0.1]/", "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::169.254.169.254]/", "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/", "https://[2002:a00:1::1]/", "https://[2001::1]/", "https://[fc00::1]/",
    "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fec0::1]/",
    "https://[ff02::1]/", "https://[2001:db8::1]/", "https://user@example.com/", "https://user:pass@example.com/",
    "https://127.0.0.1@example.com/", "https://example.com\\@127.0.0.1/", "http://example.com/", "ftp://example.com/",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "https://example.com:22/", "https://example.com:25/",
    "https:///path", "//example.com/", "", "https://[not-an-address]/", "https://example.com:99999/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_refused(url: str) -> None:
    assert len(REFUSED) >= 40
    with http.Client(timeout=2) as client, pytest.raises((egress.Refused, http.TransportError)) as caught:
        client.request("GET", url)
    if caught.type is http.TransportError:  # nothing that could have been a connection
        assert "ConnectTimeout" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "203.0.112.1", "172.32.0.1", "2606:4700::1111", "2002:808:808::1"]
)
def test_public_addresses_are_fine(address: str) -> None:
    import ipaddress

    assert egress.is_public(ipaddress.ip_address(address))


def answer(addresses: list[str]) -> Callable[..., Any]:
    def lookup(host: str, port: int, **_more: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return lookup


def test_one_bad_address_spoils_the_name(monkeypatch: Any) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answer(["8.8.8.8", "10.0.0.5"]))
    with pytest.raises(egress.Refused):
        egress.resolve("rebind.example", 443)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: Any) -> None:
    """The second answer of the name service is never asked for."""
    asked: list[str] = []
    went: list[str] = []
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    def lookup(host: str, port: int, **more: Any) -> Any:
        asked.append(host)
        return answer(next(answers))(host, port)

    def connect(self: Any, host: str, *args: Any, **kwargs: Any) -> Any:
        went.append(host)
        raise httpcore.ConnectError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with http.Client() as client, pytest.raises(http.TransportError):
        client.request("GET", "https://rebind.example/")
    assert (asked, went) == (["rebind.example"], ["8.8.8.8"])


@pytest.fixture
def server(settings: Any) -> Iterator[Callable[[bytes], str]]:
    """`server(raw)` answers every connection with those bytes and returns its allowed address."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(raw: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        sockets.append(listener)

        def serve() -> None:
            while True:
                try:
                    peer, _address = listener.accept()
                except OSError:
                    return
                with peer:
                    peer.recv(65536)
                    try:
                        peer.sendall(raw)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        threads.append(thread)
        port = listener.getsockname()[1]
        settings.KRM_EGRESS_ALLOW = [*settings.KRM_EGRESS_ALLOW, f"127.0.0.1:{port}"]
        return f"http://127.0.0.1:{port}"

    settings.KRM_EGRESS_ALLOW = []
    yield start
    for listener in sockets:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(timeout=5)


def reply(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_an_allowed_address_is_reached(server: Any) -> None:
    with http.Client() as client:
        answer = client.request(
            "GET", server(reply(b'{"a": 1}', "X-App-Usage: 5")), params={"access_token": "geheim"}
        )
    assert answer.json() == {"a": 1}
    assert answer.headers["x-app-usage"] == "5"
    assert "geheim" not in answer.url and "geheim" not in repr(answer)


def test_only_that_very_port_is_allowed(server: Any) -> None:
    url = server(reply(b"{}"))
    host, _, port = url.rpartition(":")
    with http.Client() as client, pytest.raises(egress.Refused):
        client.request("GET", f"{host}:{int(port) + 1}/")


def test_a_redirect_inside_is_refused(server: Any) -> None:
    away = server(reply(b"", "Location: http://169.254.169.254/latest/", status="302 Found"))
    with http.Client() as client, pytest.raises(egress.Refused):
        client.request("GET", away, redirects=3)


def test_redirects_are_followed_only_when_asked_and_without_our_headers(server: Any) -> None:
    end = server(reply(b'{"end": true}'))
    start = server(reply(b"", f"Location: {end}/", status="302 Found"))
    with http.Client() as client:
        assert client.request("GET", start).status == 302
        assert client.request("GET", start, redirects=2, headers={"Access-Token": "x"}).json() == {
            "end": True
        }


@pytest.mark.parametrize(
    ("case", "raw"),
    [
        ("cut off", reply(b'{"a"', length=100)),
        ("too large", reply(b"x" * 70_000)),
        ("not HTTP", b"hello\r\n\r\n"),
        ("nothing", b""),
    ],
)
def test_half_answers_are_transport_errors(server: Any, case: str, raw: bytes) -> None:
    with http.Client(max_bytes=65_536) as client, pytest.raises(http.TransportError):
        client.request("GET", server(raw))


def test_a_bomb_is_measured_unpacked(server: Any) -> None:
    import gzip

    bomb = gzip.compress(b"0" * 5_000_000)
    with http.Client(max_bytes=1_000_000) as client, pytest.raises(http.TransportError, match="larger"):
        client.request("GET", server(reply(bomb, "Content-Encoding: gzip")))


def test_broken_json_is_a_transport_error(server: Any) -> None:
    with http.Client() as client, pytest.raises(http.TransportError, match="not whole JSON"):
        client.request("GET", server(reply(b'{"a": '))).json()
