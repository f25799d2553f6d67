"""The event stream: names only, capped, ended with the session, one look for all listeners."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from channels.message import DeliveryStatus
from gateway.accounts import accounts
from gateway.cases.casefile import CaseRef
from gateway.casework import casework
from gateway.reading.stream import Watcher, names_for
from gateway.runtime import Runtime
from gateway.stream_server import StreamServer
from store import outbox_marks
from store.live import News
from store.models.outbox import OutboxPart
from store.models.teamwork import StaffNotice
from tests.gateway.office import PASSWORD, Office, open_office

ORIGIN = "https://aduan.kabcontoh.go.id"
SOON_S = 20.0


@pytest.fixture
def office(runtime: Runtime) -> Office:
    return open_office(runtime)


@pytest.fixture
def token(office: Office) -> str:
    runtime = office.runtime
    return accounts.log_in(runtime, "dewi", PASSWORD, "127.0.0.1").token


class Answer:
    """What the server sent to one browser."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self.ended = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {key.decode(): value.decode() for key, value in message["headers"]}
            return
        await self.chunks.put(message["body"])
        if not message.get("more_body"):
            self.ended.set()

    async def hears(self, words: str) -> str:
        """Return the next chunk that holds these words."""
        async with asyncio.timeout(SOON_S):
            while words not in (chunk := (await self.chunks.get()).decode()):
                pass
        return chunk


@asynccontextmanager
async def browser(
    server: StreamServer, token: str = "", path: str = "/arus", method: str = "GET"
) -> AsyncIterator[Answer]:
    answer, leave = Answer(), asyncio.Event()
    headers = [(b"origin", ORIGIN.encode())]
    if token:
        headers.append((b"cookie", f"lain=1; sahut_sesi={token}".encode()))
    scope = {"type": "http", "path": path, "method": method, "headers": headers}

    async def receive() -> dict[str, Any]:
        await leave.wait()
        return {"type": "http.disconnect"}

    task = asyncio.ensure_future(server(scope, receive, answer.send))
    try:
        async with asyncio.timeout(SOON_S):
            await answer.chunks.get()  # the greeting, or the empty body of a refusal
        yield answer
    finally:
        leave.set()
        async with asyncio.timeout(SOON_S):
            await task


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def server_of(runtime: Runtime, **times: Any) -> StreamServer:
    return StreamServer(runtime, **{"pulse_s": 0.05, "look_s": 0.05, **times})


def test_a_stream_says_names_and_nothing_else(runtime, office, token):
    ticket = office.hears()
    case_id = office.complaint(ticket).id

    async def story() -> None:
        async with browser(server_of(runtime), token) as answer:
            await answer.hears("denyut")
            await asyncio.sleep(0.2)
            await asyncio.to_thread(
                casework.add_note, runtime, office.rina, CaseRef(ticket), "Rahasia", for_pd=False
            )
            event = await answer.hears("data: kotak")
        assert event == f"data: kotak aduan:{case_id}\n\n"
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["access-control-allow-origin"] == ORIGIN

    play(story)


def test_nobody_without_a_login_gets_a_stream(runtime):
    async def story() -> None:
        server = server_of(runtime)
        for token in ("", "salah"):
            async with browser(server, token) as answer:
                assert answer.status == 401
        async with browser(server, path="/lain") as answer:
            assert answer.status == 404
        async with browser(server, path="/healthz") as answer:
            assert answer.status == 200
        async with browser(server, method="POST") as answer:
            assert answer.status == 405

    play(story)


def test_beyond_the_cap_browsers_are_told_to_ask_by_themselves(runtime, token):
    async def story() -> None:
        server = server_of(runtime, cap=2)
        async with browser(server, token) as first, browser(server, token) as second:
            async with browser(server, token) as third:
                assert (first.status, second.status, third.status) == (200, 200, 204)
            assert third.ended.is_set()
        async with browser(server, token) as fourth:
            assert fourth.status == 200

    play(story)


def test_a_stream_ends_with_its_session(runtime, token):
    async def story() -> None:
        async with browser(server_of(runtime), token) as answer:
            await answer.hears("denyut")
            await asyncio.to_thread(accounts.log_out, runtime, token)
            async with asyncio.timeout(SOON_S):
                await answer.ended.wait()

    play(story)


def test_a_stream_ends_with_its_session_also_while_news_never_pause(runtime, office, token):
    ticket = office.hears()

    async def story() -> None:
        async with browser(server_of(runtime, pulse_s=0.5), token) as answer:
            await asyncio.to_thread(accounts.log_out, runtime, token)
            async with asyncio.timeout(SOON_S):
                while not answer.ended.is_set():
                    await asyncio.to_thread(
                        casework.add_note, runtime, office.rina, CaseRef(ticket), "1", for_pd=False
                    )

    play(story)


def test_a_stream_does_not_keep_a_session_alive(runtime, clock, token):
    async def story() -> None:
        async with browser(server_of(runtime), token) as answer:
            clock.advance(minutes=61)
            async with asyncio.timeout(SOON_S):
                await answer.ended.wait()

    play(story)


def test_a_look_tells_each_row_once_also_those_that_became_visible_late(runtime, office):
    ticket = office.hears()
    watcher = Watcher(runtime)

    before = watcher.look()
    casework.add_note(runtime, office.rina, CaseRef(ticket), "Satu", for_pd=False)
    first, again = watcher.look(), watcher.look()

    assert before == again == []
    assert [row.table for row in first] == ["event"]


def test_a_notice_is_told_only_to_whom_it_is_for(runtime, office):
    ticket = office.hears()
    watcher = Watcher(runtime)
    with runtime.transaction() as session:
        session.add(
            StaffNotice(
                user_id=office.dewi.id,
                complaint_id=office.complaint(ticket).id,
                kind="mention",
                at=runtime.now(),
            )
        )

    news = watcher.look()

    assert names_for(office.dewi, news) == ["saya"]
    assert names_for(office.rina, news) == []


def test_what_becomes_of_a_message_and_of_the_channels_is_told_by_name(runtime, office):
    office.hears()
    watcher = Watcher(runtime)
    with runtime.transaction() as session:
        part = session.scalars(select(OutboxPart)).one()
        part.status = DeliveryStatus.READ
    moved = watcher.look()
    with runtime.transaction() as session:
        outbox_marks.pause(session, part.channel, part.account, runtime.now(), (None, None))
    paused, again = watcher.look(), watcher.look()

    assert names_for(office.dewi, moved) == [f"kirim:{part.message_id}"]
    assert names_for(office.dewi, paused) == ["kanal"]
    assert again == []


def test_messages_without_a_case_name_their_conversation(office):
    news = [News("message", 5, None, 7), News("message", 6, 3, 7), News("event", 2, 3)]

    assert names_for(office.dewi, news) == ["kotak", "percakapan:7", "aduan:3"]


def test_a_pd_hears_of_its_own_cases_and_of_none_about_itself(runtime, office):
    office.hears(sender="+6281255501041")
    own, foreign, about = (office.hears(sender=f"+6281255501{n}") for n in ("042", "043", "044"))
    watcher = Watcher(runtime)
    office.disposes(own)
    office.disposes(foreign, pd_code="DISHUB")
    office.disposes(about, conflict="DPUPR")

    news = watcher.look()

    number = office.complaint(own).id
    parts = [row for row in news if row.table == "part" and row.pd_code == "DPUPR"]
    told = names_for(office.andi, news)
    assert told == ["kotak", f"aduan:{number}", *(f"kirim:{row.message_id}" for row in parts)]
    assert f"aduan:{office.complaint(about).id}" in names_for(office.rina, news)
    assert names_for(office.sekda, news) == names_for(office.tuti, news) == []


@pytest.mark.usefixtures("office")
def test_who_must_choose_a_password_first_gets_no_stream(runtime):
    accounts.set_password(runtime, "dewi", "kata-sandi-baru")
    token = accounts.log_in(runtime, "dewi", "kata-sandi-baru", "127.0.0.1").token

    async def story() -> None:
        async with browser(server_of(runtime), token) as answer:
            assert answer.status == 401

    play(story)


def test_a_database_that_is_away_for_a_moment_ends_no_stream(runtime, office, token):
    ticket = office.hears()
    away = threading.Event()

    def transaction() -> Any:
        if away.is_set():
            raise OperationalError("SELECT 1", None, Exception("away"))
        return runtime.transaction()

    async def story() -> None:
        server = server_of(replace(runtime, transaction=transaction))
        async with browser(server, token) as answer:
            await asyncio.sleep(0.2)
            away.set()
            async with browser(server, token) as other:
                assert other.status == 503
            await answer.hears("denyut")
            away.clear()
            await asyncio.to_thread(
                casework.add_note, runtime, office.rina, CaseRef(ticket), "Lagi", for_pd=False
            )
            assert "aduan:" in await answer.hears("data: kotak")

    play(story)
