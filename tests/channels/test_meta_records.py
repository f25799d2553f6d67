"""What Meta's Conversations API knows, read from the sandbox and from damaged answers."""

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.admin import MessageRecords
from channels.errors import SendError
from channels.message import ChannelName, DeliveryStatus, ErrorClass, MediaKind
from channels.meta_events import MetaAccount
from channels.meta_records import past_page, sent_like
from channels.outbound import OutboundMedium, OutboundPart
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels import admin_stage
from tests.sandbox.conftest import QUICK, free_port
from tests.sandbox.stage import ListeningGateway, Stage

MESSENGER, INSTAGRAM = ChannelName.MESSENGER, ChannelName.INSTAGRAM
PHOTO = {
    "kind": "image",
    "filename": "jalan.png",
    "content_base64": base64.b64encode(b"\x89PNG\r\n\x1a\n jalan").decode(),
}
OURS = MetaAccount(MESSENGER, "page", "104857600123456")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[Stage]:
    gateway = ListeningGateway()
    server = SandboxServer(SandboxSettings(target=gateway.url, port=free_port(), **QUICK))
    server.start()
    yield Stage(server, gateway)
    server.close()
    gateway.close()


@pytest.fixture
def stage(running: Stage) -> Stage:
    running.post("/api/reset")
    running.gateway.heard.clear()
    return running


@pytest.fixture
def adapters(stage: Stage):
    with admin_stage.channels(admin_stage.settings(stage.url, stage.gateway.url)) as built:
        yield built


def window() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(minutes=1)


@pytest.mark.parametrize("name", [MESSENGER, INSTAGRAM])
def test_a_recovered_request_reads_like_the_webhook_that_was_lost(adapters, stage, name):
    stage.write("salmah", name.value, "Jalan rusak di depan SDN 9", attachments=[PHOTO])
    heard = stage.webhooks("/webhooks/meta", 2)
    adapter = adapters[name]
    lost = [
        (event["message"]["mid"], event["sender"]["id"], event["message"].get("text"))
        for one in heard
        for entry in one.json["entry"]
        for event in entry["messaging"]
    ]

    page = adapter.past_messages(*window(), None)

    assert isinstance(adapter, MessageRecords)
    assert page.next_page is None
    found = [adapter.parse(adapter.recover(past))[0] for past in page.messages]
    assert sorted((one.external_id, one.sender, one.text) for one in found) == sorted(lost)
    (photo,) = [ref for one in found for ref in one.media]
    assert photo.kind is MediaKind.IMAGE
    assert adapter.fetch_media(photo).content.startswith(b"\x89PNG")
    assert {one.dedup_scope for one in found} == {past.dedup_scope for past in page.messages}


def test_of_one_conversation_only_the_latest_twenty_can_be_read(adapters, stage):
    for number in range(25):
        stage.write("salmah", "messenger", f"pesan {number}")
    stage.write("yusuf", "messenger", "satu saja")

    page = adapters[MESSENGER].past_messages(*window(), None)

    texts = {
        adapters[MESSENGER].parse(adapters[MESSENGER].recover(one))[0].text for one in page.messages
    }
    assert texts == {"satu saja"} | {f"pesan {number}" for number in range(5, 25)}


def test_what_was_written_at_another_time_is_no_past_message(adapters, stage):
    stage.write("salmah", "instagram", "tadi pagi")
    since, _ = window()

    page = adapters[INSTAGRAM].past_messages(since - timedelta(days=1), since, None)

    assert page.messages == []


def part(adapter: Any, text: str | None, recipient: str, **more: object) -> OutboundPart:
    return OutboundPart(adapter.name, adapter.account, recipient, "bagian-1", text=text, **more)


@pytest.mark.parametrize("name", [MESSENGER, INSTAGRAM])
def test_a_send_is_found_again_by_its_words(adapters, stage, name):
    stage.write("salmah", name.value, "Halo")
    adapter = adapters[name]
    (past,) = adapter.past_messages(*window(), None).messages
    citizen = adapter.parse(adapter.recover(past))[0].sender
    sent = adapter.send(part(adapter, "*Nomor aduan* 26-000123-4", citizen))
    adapter.send(part(adapter, "Yang lain", citizen))

    found = adapter.find_sent(part(adapter, "*Nomor aduan* 26-000123-4", citizen), *window())

    assert [(one.external_id, one.status) for one in found] == [
        (sent.external_id, DeliveryStatus.SENT)
    ]
    assert adapter.find_sent(part(adapter, "Halo", citizen), *window()) == ()


def test_a_sent_file_is_found_by_its_being_one(adapters, stage):
    stage.write("salmah", "messenger", "Halo")
    adapter = adapters[MESSENGER]
    (past,) = adapter.past_messages(*window(), None).messages
    citizen = adapter.parse(adapter.recover(past))[0].sender
    medium = OutboundMedium(
        MediaKind.DOCUMENT, "application/pdf", "surat.pdf", content=b"%PDF-1.4 surat"
    )
    sent = adapter.send(part(adapter, None, citizen, medium=medium))

    found = adapter.find_sent(part(adapter, None, citizen, medium=medium), *window())

    assert [one.external_id for one in found] == [sent.external_id]


class FakeGraph:
    """Answers in order; `asked` are the paths and queries."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def get(self, path: str, fields: Mapping[str, str]) -> Any:
        self.asked.append((path, fields))
        answer = self.answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer


def record(mid: str, at: str = "2026-11-20T11:59:00+0000", **more: Any) -> dict[str, Any]:
    return {
        "id": mid,
        "created_time": at,
        "from": {"id": "6120000000000001"},
        "to": {"data": [{"id": OURS.id}]},
        "message": "Lampu mati",
    } | more


def listing(*records: Any, after: str | None = None) -> dict[str, Any]:
    paging = {"cursors": {"after": after}, "next": "https://graph.example/next"} if after else {}
    return {"data": list(records), "paging": paging}


def conversation(messages: Any, updated: str = "2026-11-20T11:59:00+0000") -> dict[str, Any]:
    return {"id": "t_1/../2", "updated_time": updated, "messages": messages}


HOUR = (NOON - timedelta(hours=1), NOON)


def test_damaged_records_are_left_out_and_the_others_kept():
    good = record("m_1")
    damaged = [None, 3, {}, record("m_2", "kemarin"), record("m_3", "2026-11-20T11:59:00")]
    damaged += [record("m_4", **{"from": "x"}), record("m_5", to=None), {**good, "id": {}}]
    graph = FakeGraph(listing(conversation(listing(*damaged, good)), None, conversation("x")))

    page = past_page(graph, OURS, *HOUR, None)

    assert [past.external_id for past in page.messages] == ["m_1"]
    assert page.next_page is None


@pytest.mark.parametrize(
    "change",
    [
        {"from": {"id": OURS.id}, "to": {"data": [{"id": "6120000000000001"}]}},
        # Our account under another id must not pass for a citizen.
        {"from": {"id": "1784"}, "to": {"data": [{"id": "6120000000000001"}]}},
    ],
)
def test_our_own_words_are_no_citizens(change):
    graph = FakeGraph(listing(conversation(listing(record("m_1", **change)))))

    assert past_page(graph, OURS, *HOUR, None).messages == []


def test_pages_are_asked_for_until_conversations_are_older():
    graph = FakeGraph(
        listing(conversation(listing(record("m_1"))), after="halaman-2"),
        listing(conversation(listing(), "2026-11-20T10:00:00+0000"), after="halaman-3"),
    )

    first = past_page(graph, OURS, *HOUR, None)
    second = past_page(graph, OURS, *HOUR, first.next_page)

    assert (first.next_page, second.next_page) == ("halaman-2", None)
    assert [fields.get("after") for _, fields in graph.asked] == [None, "halaman-2"]


def test_a_long_conversation_is_read_further_back_within_its_time():
    graph = FakeGraph(
        listing(conversation(listing(record("m_3"), record("m_2"), after="lama"))),
        listing(record("m_1"), record("m_0", "2026-11-20T10:00:00+0000"), after="lebih-lama"),
    )

    page = past_page(graph, OURS, *HOUR, None)

    assert [past.external_id for past in page.messages] == ["m_3", "m_2", "m_1"]
    assert [path for path, _ in graph.asked] == ["me/conversations", "t_1%2F..%2F2/messages"]


def test_what_meta_no_longer_tells_of_ends_a_conversation():
    refusal = SendError(ErrorClass.PERMANENT, "100", "too old")
    graph = FakeGraph(listing(conversation(listing(record("m_1"), after="lama"))), refusal)

    page = past_page(graph, OURS, *HOUR, None)

    assert [past.external_id for past in page.messages] == ["m_1"]


def test_a_throttled_question_is_an_error_and_no_end():
    throttled = SendError(ErrorClass.RETRY_AFTER, "613", "slow down", retry_after_s=60)
    graph = FakeGraph(listing(conversation(listing(record("m_1"), after="lama"))), throttled)

    with pytest.raises(SendError):
        past_page(graph, OURS, *HOUR, None)


@pytest.mark.parametrize(
    ("attached", "kinds"),
    [
        ({"attachments": {"data": [{"video_data": {"url": "https://cdn.example/v"}}]}}, ["video"]),
        (
            {"attachments": {"data": [{"mime_type": "audio/mp4", "file_url": "https://c.ex/a"}]}},
            ["audio"],
        ),
        ({"attachments": {"data": [{"file_url": "https://c.ex/f"}]}}, ["file"]),
        ({"sticker": "https://cdn.example/s"}, ["sticker"]),
        ({"shares": {"data": [{"link": "https://berita.example"}, {}]}}, ["fallback"]),
        ({"attachments": {"data": [{"image_data": "x"}]}}, ["file"]),
    ],
)
def test_attachments_are_told_as_a_webhook_names_them(attached, kinds):
    graph = FakeGraph(listing(conversation(listing(record("m_1", **attached)))))

    (past,) = past_page(graph, OURS, *HOUR, None).messages

    event = dict(past.fields)["event"]
    assert [f'"type": "{kind}"' in event for kind in kinds] == [True]
    assert "Lampu mati" not in repr(past)


def test_the_same_words_twice_are_told_oldest_first():
    ours = {"from": {"id": OURS.id}}
    graph = FakeGraph(
        listing(
            conversation(
                listing(
                    record("m_2", "2026-11-20T11:58:00+0000", **ours),
                    record("m_1", "2026-11-20T11:57:00+0000", **ours),
                    record("m_0", "2026-11-20T10:00:00+0000", **ours),
                )
            )
        )
    )
    wanted = OutboundPart(MESSENGER, OURS.id, "6120000000000001", "ref", text="Lampu mati ")

    found = sent_like(graph, OURS, wanted, *HOUR)

    assert [one.external_id for one in found] == ["m_1", "m_2"]
