"""Polling many hosts from one process: each at its pace, none held up by another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import at
from runs import run_apart
from server import FeedServer, Reply, never_speaks, redirect, status

from vigie.feeds.limits import FetchLimits
from vigie.feeds.pacing import Pacer, registered_domain
from vigie.feeds.polling import Poller, fetch_feeds
from vigie.feeds.requests import FetchRequest

LIMITS = FetchLimits(allow_private_hosts=True, host_interval=0.0)


class Timeline:
    """Virtual seconds: sleeping moves them on, and takes no time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        waker = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.seconds + seconds, waker))
        await waker

    async def run(self, *work: asyncio.Task[None]) -> None:
        """Let virtual time pass until the work is done."""
        while not all(task.done() for task in work):
            for _ in range(50):
                await asyncio.sleep(0)
            if self._sleepers:
                self.seconds = min(until for until, _ in self._sleepers)
                due = [waker for until, waker in self._sleepers if until <= self.seconds]
                self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self.seconds]
                for waker in due:
                    waker.set_result(None)
        await asyncio.gather(*work)


def starts_of(urls: list[str], *, lasting: float, concurrency: int = 256) -> dict[str, list[tuple[float, int]]]:
    """When the request of each address starts on a virtual clock, and how many of its domain are then in flight."""
    started: dict[str, list[tuple[float, int]]] = {}

    async def main() -> None:
        line = Timeline()
        pacer = Pacer(interval=5.0, per_host=2, concurrency=concurrency, now=line.now, sleep=line.sleep)
        in_flight: dict[str, int] = {}

        async def request(url: str) -> None:
            slot = await pacer.take(url)
            domain = registered_domain(url.split("/")[2])
            in_flight[domain] = in_flight.get(domain, 0) + 1
            started.setdefault(domain, []).append((line.seconds, in_flight[domain]))
            await line.sleep(lasting)
            in_flight[domain] -= 1
            slot.release()

        await line.run(*(asyncio.create_task(request(url)) for url in urls))

    run_apart(main())
    return started


def test_requests_to_one_host_start_five_seconds_apart() -> None:
    started = starts_of([f"https://outlet.fr/{n}" for n in range(4)], lasting=1.0)
    assert [when for when, _ in started["outlet.fr"]] == [0, 5, 10, 15]


def test_no_more_than_two_are_in_flight_at_a_host_that_is_slow() -> None:
    started = starts_of([f"https://outlet.fr/{n}" for n in range(5)], lasting=30.0)
    assert max(count for _, count in started["outlet.fr"]) == 2
    assert [when for when, _ in started["outlet.fr"]] == [0, 5, 30, 35, 60]


def test_hosts_of_one_registered_domain_share_its_limit_and_strangers_do_not() -> None:
    urls = ["https://news.bbc.co.uk/a", "https://feeds.bbc.co.uk/a", "https://outlet.co.uk/a"]
    started = starts_of(urls, lasting=1.0)
    assert {domain: [when for when, _ in whens] for domain, whens in started.items()} == {
        "bbc.co.uk": [0, 5],
        "outlet.co.uk": [0],
    }


def test_thousand_hosts_start_at_once_up_to_the_limit_over_all() -> None:
    started = starts_of([f"https://outlet{n}.fr/rss" for n in range(1_000)], lasting=1.0, concurrency=500)
    whens = sorted(when for of_domain in started.values() for when, _ in of_domain)
    assert whens == [0.0] * 500 + [1.0] * 500


def test_nothing_starts_while_there_is_no_room_however_many_waited_for_a_place() -> None:
    started: list[int] = []

    async def main() -> None:
        line, room = Timeline(), asyncio.Event()
        room.set()
        pacer = Pacer(concurrency=2, now=line.now, sleep=line.sleep, room=room.wait)

        async def request(number: int) -> None:
            slot = await pacer.take(f"https://outlet{number}.fr/rss")
            started.append(number)
            if len(started) == 3:
                room.clear()
            await line.sleep(1.0)
            slot.release()

        requests = [asyncio.create_task(request(number)) for number in range(10)]
        await line.run(asyncio.create_task(line.sleep(10.0)))
        assert started == [0, 1, 2]
        room.set()
        await line.run(*requests)
        assert sorted(started) == list(range(10))

    run_apart(main())


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("a.blogspot.com", "a.blogspot.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
        ("новости.рф", "новости.рф"),
    ],
)
def test_registered_domain_goes_by_the_public_suffix_list(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


# With a real server


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer(hosts=4, clock=lambda: at(0)) as running:
        yield running


def requests_for(*urls: str, source: str = "") -> list[FetchRequest]:
    return [FetchRequest(f"{source or n}/{n}", source or str(n), url) for n, url in enumerate(urls)]


def test_slow_host_holds_up_nothing_but_its_own_feeds(server: FeedServer) -> None:
    slow = server.serve(never_speaks(), host=0)
    quick = [server.serve(Reply(body=b"<rss/>"), host=host) for host in (1, 2, 3)]
    with Poller(LIMITS, lambda: at(0)) as poller:
        first = next(poller.batches(requests_for(slow, *quick), max_polls=3))
    assert {document.url for document in first} == set(quick)


def test_host_never_has_more_than_two_requests_in_flight(server: FeedServer) -> None:
    server.latency, server.at_once = 0.01, 2
    urls = [server.serve(Reply(body=b"<rss/>"), f"/{n}", host=n % 2) for n in range(20)]
    with Poller(LIMITS, lambda: at(0)) as poller:
        polled = [document for batch in poller.batches(requests_for(*urls)) for document in batch]
    assert len(polled) == 20
    assert max(server.score.most_at_once.values()) == 2


def test_polls_of_one_source_come_in_the_order_of_their_start(server: FeedServer) -> None:
    ticks = iter(range(1_000))
    slow = server.serve(Reply(body=b"<rss/>", before_headers=0.2), host=0)
    quick = [server.serve(Reply(body=b"<rss/>"), f"/{n}", host=1) for n in range(6)]
    with Poller(LIMITS, lambda: at(0) + timedelta(seconds=next(ticks))) as poller:
        batches = list(poller.batches(requests_for(slow, *quick, source="outlet"), max_polls=2))
    whens = [document.fetched_at for batch in batches for document in batch]
    assert len(whens) == 7
    assert whens == sorted(whens)


@pytest.mark.parametrize("reply", [status(429, Retry_After="600"), status(503, Retry_After="600"), status(429)])
def test_host_that_asks_for_rest_gets_it_for_all_its_feeds(server: FeedServer, reply: Reply) -> None:
    for n in range(8):
        server.serve(reply, f"/{n}", host=0)
    other = server.serve(Reply(body=b"<rss/>"), host=1)
    limits = replace(LIMITS, per_host=1)
    with Poller(limits, lambda: at(0)) as poller:
        polled = list(poller.batches(requests_for(*[server.url(f"/{n}") for n in range(8)], other)))
        again = poller.poll(requests_for(server.url("/0"))[0])
    assert sorted(document.status or 0 for batch in polled for document in batch) == [200, reply.status]
    assert again is None
    assert server.score.before_retry_after == 0


def test_host_to_which_another_led_gets_the_rest_that_it_asks_for(server: FeedServer) -> None:
    busy = server.serve(status(429, Retry_After="600"), "/busy", host=1)
    led = server.serve(redirect(busy), "/led", host=0)
    other = server.serve(Reply(body=b"<rss/>"), "/other", host=1)
    with Poller(LIMITS, lambda: at(0)) as poller:
        polled = [poller.poll(request) for request in requests_for(led, other)]
    assert [document.status if document else None for document in polled] == [429, None]
    assert server.score.before_retry_after == 0


def test_shorter_rest_asked_for_later_does_not_end_a_longer_one() -> None:
    pacer = Pacer()
    pacer.rest("https://outlet.example/a", at(2))
    pacer.rest("https://outlet.example/b", at(1))
    assert pacer.rests("https://outlet.example/c", at(1.5))


def test_cycle_that_is_given_up_holds_up_no_later_one(server: FeedServer) -> None:
    large = Reply(body=b"x" * 4 * 2**20)
    urls = [server.serve(large, f"/large/{n}", host=n % 4) for n in range(12)]
    small = server.serve(Reply(body=b"<rss/>"), host=1)
    with ThreadPoolExecutor(1) as pool, Poller(LIMITS, lambda: at(0)) as poller:
        with closing(poller.batches(requests_for(*urls), max_bytes=1)) as batches:
            next(batches)
            deadline = time.monotonic() + 240
            while poller._room.is_set():  # until as much has come as may wait; nobody outside can tell
                assert time.monotonic() < deadline
                time.sleep(0.01)
        later = pool.submit(lambda: list(poller.batches(requests_for(small))))
        wait([later], timeout=240)
        assert later.done()
        assert [document.url for batch in later.result() for document in batch] == [small]


def test_cycle_may_be_given_up_after_its_poller_is_closed(server: FeedServer) -> None:
    urls = [server.serve(Reply(body=b"<rss/>"), f"/{n}", host=n % 4) for n in range(8)]
    with Poller(LIMITS, lambda: at(0)) as poller:
        batches = poller.batches(requests_for(*urls), max_polls=1)
        next(batches)
    batches.close()


def test_feeds_that_lead_to_one_host_are_paced_there(server: FeedServer) -> None:
    server.latency = 0.02
    target = server.serve(Reply(body=b"<rss/>"), "/all", host=3)
    urls = [server.serve(redirect(target), f"/{n}", host=n % 3) for n in range(12)]
    with Poller(LIMITS, lambda: at(0)) as poller:
        list(poller.batches(requests_for(*urls)))
    assert server.score.paths().count("/all") == 12
    assert server.score.most_at_once[server.host(3)] <= 2


def test_cycle_that_is_over_leaves_the_rest_for_the_next(server: FeedServer) -> None:
    urls = [server.serve(Reply(body=b"<rss/>"), f"/{n}") for n in range(5)]
    with Poller(replace(LIMITS, cycle_seconds=0.0), lambda: at(0), now=lambda: 0.0) as poller:
        assert list(poller.batches(requests_for(*urls))) == []
    assert server.score.requests == []


def test_giving_up_in_the_middle_ends_at_once_and_the_poller_goes_on(server: FeedServer) -> None:
    slow = server.serve(never_speaks(), host=0)
    quick = server.serve(Reply(body=b"<rss/>"), host=1)
    with Poller(LIMITS, lambda: at(0)) as poller:
        batches = poller.batches(requests_for(slow, quick), max_polls=1)
        next(batches)
        batches.close()
        assert [len(batch) for batch in poller.batches(requests_for(quick))] == [1]


def test_more_bodies_than_may_wait_are_polled_as_they_are_taken(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.feeds.polling._WAITING_BYTES", 100_000)
    urls = [server.serve(Reply(body=b"x" * 90_000), f"/{n}", host=n % 4) for n in range(40)]
    with Poller(LIMITS, lambda: at(0)) as poller:
        batches = poller.batches(requests_for(*urls), max_polls=1)
        assert len(next(batches)) == 1
        assert sum(len(batch) for batch in batches) == 39


def test_threads_of_one_process_share_what_a_host_can_bear(server: FeedServer) -> None:
    server.latency, server.at_once = 0.02, 2
    urls = [server.serve(Reply(body=b"<rss/>"), f"/{n}") for n in range(12)]
    with ThreadPoolExecutor(6) as threads:
        polled = list(threads.map(lambda url: fetch_feeds(requests_for(url), clock=lambda: at(0), limits=LIMITS), urls))
    assert [len(documents) for documents in polled] == [1] * 12
    assert server.score.most_at_once[server.host()] == 2
