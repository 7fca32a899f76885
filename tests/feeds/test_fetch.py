"""Polling a real HTTP server on loopback: what a well-behaved one is asked, and what every kind of bad one costs."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import trustme
from asking import FEED, LIMITS, NOW, one, poll
from runs import run_apart
from server import (
    FeedServer,
    Reply,
    html,
    redirect,
    status,
)
from server.faults import pack

from vigie.feeds.addresses import Refusals, checked_socket, is_public_address, refusals
from vigie.feeds.fetch import open_session, parse_retry_after
from vigie.feeds.polling import Poller
from vigie.feeds.reading import BodyReader
from vigie.feeds.requests import FetchRequest
from vigie.schemas import FetchOutcome

# What is asked


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_body_comes_unpacked_from_every_coding_that_is_offered(server: FeedServer, coding: str) -> None:
    url = server.serve(Reply(body=pack(FEED, coding), headers={"Content-Encoding": coding, "ETag": 'W/"v1"'}))
    document = one(url)
    assert (document.body, document.outcome, document.fetched_at) == (FEED, FetchOutcome.OK, NOW)
    assert coding in server.score.requests[0].headers["accept-encoding"]
    assert {header.name: header.value for header in document.headers}["etag"] == 'W/"v1"'
    assert document.unconditional is True


def test_validators_are_sent_back_verbatim(server: FeedServer) -> None:
    url = server.serve(lambda request: status(304) if request.headers.get("if-none-match") == 'W/"v1"' else Reply(body=FEED))
    document = one(url, etag='W/"v1"', last_modified="yesterday, as it were")
    assert (document.status, document.outcome, document.unconditional) == (304, FetchOutcome.NOT_MODIFIED, False)
    assert document.body == b""
    assert server.score.requests[0].headers["if-modified-since"] == "yesterday, as it were"


def test_not_modified_is_no_answer_to_who_asks_for_all(server: FeedServer) -> None:
    document = one(server.serve(status(304, ETag='"v1"')))
    assert (document.outcome, document.unconditional) == (FetchOutcome.HTTP_ERROR, True)
    assert "304" in document.error


def test_server_learns_who_asks_and_gets_no_cookie_nor_referrer(server: FeedServer) -> None:
    url = server.serve(Reply(body=FEED, headers={"Set-Cookie": "id=1"}))
    documents = poll(url, url, limits=replace(LIMITS, contact="desk@press.example"))
    for request in server.score.requests:
        assert request.headers["user-agent"].startswith("vigie/")
        assert "desk@press.example" in request.headers["user-agent"]
        assert not {"cookie", "referer", "a-im"} & set(request.headers)
    assert "set-cookie" not in {header.name for document in documents for header in document.headers}


def test_credentials_of_an_address_are_used_and_never_told(server: FeedServer) -> None:
    url = server.serve(lambda request: status(200 if "authorization" in request.headers else 401))
    document = one(url.replace("http://", "http://reader:hush@"))
    assert document.outcome is FetchOutcome.OK
    refused = one("http://reader:hush@127.0.0.1:9/feed")
    assert "hush" not in repr(document) + repr(refused)


# Redirects


def test_permanent_move_is_followed_and_told(server: FeedServer) -> None:
    new = server.serve(Reply(body=FEED), "/new", host=1)
    middle = server.serve(redirect(new, 308), "/middle")
    old = server.serve(redirect("/middle", 301), "/old")
    document = one(old)
    assert (document.url, document.final_url, document.moved_to, document.outcome) == (old, new, new, FetchOutcome.OK)
    assert middle == server.url("/middle")


def test_only_the_permanent_beginning_of_the_way_is_a_move(server: FeedServer) -> None:
    server.serve(Reply(body=FEED), "/today")
    server.serve(redirect("/today", 302), "/new")
    assert one(server.serve(redirect("/new", 301), "/old")).moved_to == server.url("/new")
    server.serve(redirect("/today", 301), "/new")
    assert one(server.serve(redirect("/new", 307), "/old")).moved_to == ""
    server.serve(redirect("/gone", 301), "/old")
    assert one(server.url("/old")).moved_to == ""


@pytest.mark.parametrize(("hops", "outcome"), [(5, FetchOutcome.OK), (6, FetchOutcome.NETWORK_ERROR)])
def test_five_redirects_are_followed_and_no_more(server: FeedServer, hops: int, outcome: FetchOutcome) -> None:
    for number in range(hops):
        server.serve(redirect(f"/{number + 1}"), f"/{number}")
    server.serve(Reply(body=FEED), f"/{hops}")
    document = one(server.url("/0"))
    assert document.outcome is outcome
    assert outcome is FetchOutcome.OK or "more than 5 redirects" in document.error


def test_redirects_in_a_circle_are_told_at_the_first_turn(server: FeedServer) -> None:
    server.serve(redirect("/b"), "/a")
    server.serve(redirect("/a"), "/b")
    document = one(server.url("/a"))
    assert document.outcome is FetchOutcome.NETWORK_ERROR
    assert "in a circle" in document.error
    assert server.score.paths() == ["/a", "/b"]


def test_a_redirect_to_what_is_no_address_is_told_as_that(server: FeedServer) -> None:
    document = one(server.serve(redirect("http://[::1")))
    assert document.outcome is FetchOutcome.NETWORK_ERROR
    assert document.error.startswith("redirects to 'http://[::1', which is no address")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/feed", "gopher://x/", "http://"])
def test_other_schemes_are_refused(server: FeedServer, target: str) -> None:
    document = one(server.serve(redirect(target)))
    assert document.outcome in (FetchOutcome.REFUSED, FetchOutcome.NETWORK_ERROR)
    assert document.error
    assert document.body == b""


# Addresses


@pytest.mark.parametrize("host", ["127.1.0.1", "localhost", "[::ffff:127.1.0.1]", "0x7f.1.0.1"])
def test_private_address_is_refused_before_anything_is_sent(server: FeedServer, host: str) -> None:
    server.serve(Reply(body=FEED))
    document = one(f"http://{host}:{server.port}/feed", replace(LIMITS, allow_private_hosts=False))
    assert document.outcome is FetchOutcome.REFUSED
    assert "--allow_private_hosts" in document.error
    assert server.score.requests == []


def test_proxy_is_asked_for_names_and_private_literals_are_refused_even_through_it(server: FeedServer) -> None:
    server.pages[server.host(0), "http://news.invalid/feed"] = lambda request: Reply(body=FEED)
    proxy = f"http://{server.host(0)}:{server.port}"
    document = one("http://news.invalid/feed", proxy=proxy)
    assert (document.body, document.proxy) == (FEED, f"{server.host(0)}:{server.port}")
    guarded = replace(LIMITS, allow_private_hosts=False)
    assert one("http://10.0.0.1/feed", guarded, proxy="http://93.184.216.34:3128").outcome is FetchOutcome.REFUSED
    assert one("http://news.invalid/feed", guarded, proxy=proxy).outcome is FetchOutcome.REFUSED  # the proxy itself is private


def test_certificate_that_nobody_vouches_for_is_refused_unless_the_feed_excepts_it_and_the_poll_says_so() -> None:
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.1.0.1").configure_cert(certificate)
    with FeedServer(tls=certificate) as server:
        server.serve(Reply(body=FEED))
        refused, taken = one(server.url()), one(server.url(), verify_tls=False)
        assert (refused.outcome, refused.body) == (FetchOutcome.NETWORK_ERROR, b"")
        assert "certificate" in refused.error.lower()
        assert (taken.outcome, taken.body, taken.tls_verified) == (FetchOutcome.OK, FEED, False)
        assert len(server.score.requests) == 1


PRIVATE = {
    "as it is": "127.0.0.1 10.0.0.1 169.254.169.254 100.64.0.1 192.0.0.192 168.63.129.16 0.0.0.0 224.0.0.1",
    "of IPv6": "::1 fe80::1%eth0 fd00::1 fec0::1 2001::1 64:ff9b:1::1",
    "in IPv6": "::127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:10.0.0.1 2002:7f00:1:: 64:ff9b::127.0.0.1 2606:4700::5efe:10.0.0.1",
}


@pytest.mark.parametrize("kind", PRIVATE)
def test_address_that_is_private_in_any_clothes_is_not_public(kind: str) -> None:
    assert [address for address in PRIVATE[kind].split() if is_public_address(address)] == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "2002:5db8:d822::1"])
def test_public_address_is_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize("url", ["http://10.0.0.1./feed", "http://①⓪.0.0.1/feed", "http://0xa.1/feed", "http://[fec0::1]/feed"])
def test_private_literal_in_other_spellings_is_refused_even_through_a_proxy(url: str) -> None:
    guarded = replace(LIMITS, allow_private_hosts=False)
    assert one(url, guarded, proxy="http://93.184.216.34:3128").outcome is FetchOutcome.REFUSED


def test_refused_address_is_not_to_blame_where_a_public_one_of_the_same_name_was_tried() -> None:
    refusals.set(Refusals())
    with pytest.raises(OSError, match="private"):
        checked_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    assert refusals.get().decided
    checked_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))).close()
    assert not refusals.get().decided


class _Resolver:
    """Answers every name with the same address."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": self._address, "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("francais.rt.com", "127.0.0.1", FetchOutcome.BLOCKED),
        ("francais.rt.com", "0.0.0.0", FetchOutcome.BLOCKED),
        ("francais.rt.com", "10.1.2.3", FetchOutcome.REFUSED),
        ("metadata.press.fr", "169.254.169.254", FetchOutcome.REFUSED),
        ("intranet.local", "127.0.0.1", FetchOutcome.REFUSED),
    ],
)
def test_public_name_that_leads_to_the_machine_itself_is_blocked(name: str, address: str, expected: FetchOutcome) -> None:
    limits = replace(LIMITS, allow_private_hosts=False)
    with Poller(limits, lambda: NOW, resolver=_Resolver(address)) as poller:  # type: ignore[arg-type]
        document = poller.poll(FetchRequest("f/a", "f", f"http://{name}/feed"))
    assert document is not None
    assert document.outcome is expected
    assert address in document.error


@pytest.mark.parametrize(("error", "passing"), [(socket.EAI_AGAIN, True), (socket.EAI_NONAME, False)])
def test_name_server_in_passing_trouble_is_told_from_a_name_that_is_not_there(error: int, passing: bool) -> None:
    class Failing(_Resolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
            raise socket.gaierror(error, "no answer")

    with Poller(LIMITS, lambda: NOW, resolver=Failing("")) as poller:  # type: ignore[arg-type]
        document = poller.poll(FetchRequest("f/a", "f", "http://news.example/feed"))
    assert document is not None
    assert (document.outcome, document.temporary) == (FetchOutcome.NETWORK_ERROR, passing)


def test_body_of_a_page_that_says_so_is_blocked_and_another_page_is_no_feed(server: FeedServer) -> None:
    from vigie.feeds.parse import parse_document

    gate = one(server.serve(html("Attention Required! | Cloudflare"), "/gate"))
    page = one(server.serve(html("The Erewhon Times", "All the news of the day"), "/page"))
    assert [parse_document(d, time_zone="UTC").outcome for d in (gate, page)] == [FetchOutcome.BLOCKED, FetchOutcome.NOT_A_FEED]


def test_time_in_which_vigie_has_no_room_for_a_body_is_not_the_servers(server: FeedServer) -> None:
    url = server.serve(Reply(body=b"x" * 900_000))
    deadlines: list[float | None] = []

    async def read() -> None:
        async with open_session(LIMITS) as session, asyncio.timeout(3_600) as deadline, session.get(url) as response:
            before = deadline.when()

            async def room() -> None:
                deadlines.append(deadline.when())

            assert len(await BodyReader(room).read(response, 10**6, deadline)) == 900_000
            assert (deadline.when() or 0) >= (before or 0)

    run_apart(read())
    assert deadlines == [None]


def test_where_a_redirect_of_a_provider_leads_is_blocked_and_its_namesake_is_not() -> None:
    with FeedServer() as server:
        server.serve(html("Notice", "Of a site"), "/page")
        for name in ("www.cda.ms", "notcda.ms"):
            server.serve(redirect(f"http://{name}:{server.port}/page"), f"/{name}")
        with Poller(LIMITS, lambda: NOW, resolver=_Resolver(server.host(0))) as poller:  # type: ignore[arg-type]
            polled = [poller.poll(FetchRequest("f/a", "f", server.url(f"/{name}"))) for name in ("www.cda.ms", "notcda.ms")]
    assert [document.outcome for document in polled if document] == [FetchOutcome.BLOCKED, FetchOutcome.OK]


# When to come back


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", NOW),
        ("120", NOW + timedelta(minutes=2)),
        ("Mon, 29 May 2017 13:00:00 GMT", NOW.replace(hour=13)),
        ("soon", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: datetime | None) -> None:
    assert parse_retry_after(value, NOW) == expected


def test_date_to_come_back_at_is_counted_by_the_servers_own_clock() -> None:
    ahead = NOW + timedelta(hours=2)
    assert parse_retry_after("Mon, 29 May 2017 15:00:00 GMT", NOW, ahead) == NOW + timedelta(hours=1)


def test_busy_server_says_when_to_come_back_and_only_then(server: FeedServer) -> None:
    busy = one(server.serve(status(429, Retry_After="120")))
    absurd = one(server.serve(status(503, Retry_After=str(365 * 86_400)), "/absurd"))
    assert absurd.retry_after == NOW + timedelta(days=7)
    fine = one(server.serve(Reply(body=FEED, headers={"Retry-After": "120"})))
    assert (busy.retry_after, fine.retry_after) == (NOW + timedelta(minutes=2), None)
