"""The Conversations API: what was said on Messenger and Instagram, newest first."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request

from sandbox.meta_inbound import signed_link
from sandbox.meta_refusal import parameter
from sandbox.people import Citizen
from sandbox.thread import Entry, StoredFile
from sandbox.world import World

T = TypeVar("T")
Json = dict[str, Any]

_NESTED_LIMIT = re.compile(r"messages\.limit\((\d+)\)")
_USUAL_LIMIT = 25
# Older messages cannot be asked for, as the documentation warns.
_READABLE = 20


class MetaConversations:
    """The two edges. `channel_of` says which account the call's token opens, or refuses."""

    def __init__(self, world: World, channel_of: Callable[[World, str], str]) -> None:
        self._world = world
        self._channel_of = channel_of

    def add_to(self, blueprint: Blueprint) -> None:
        """Register the addresses."""
        add = blueprint.add_url_rule
        add("/<account>/conversations", "conversations", self.conversations)
        add("/<conversation>/messages", "conversation", self.messages)

    def conversations(self, account: str) -> Response:
        """Every conversation of the account, or the one with `user_id`."""
        channel = self._channel_of(self._world, account)
        if request.args.get("platform", "messenger") != channel:
            raise parameter("Param platform does not fit the account")
        user = request.args.get("user_id")
        found = [
            (thread[-1].at, citizen, thread)
            for citizen in list(self._world.citizens.values())
            if user in (None, citizen.address(channel))
            and (thread := self._world.thread(channel, citizen.id))
        ]
        found.sort(key=lambda one: one[0], reverse=True)
        nested = _NESTED_LIMIT.search(request.args.get("fields", ""))
        size = int(nested.group(1)) if nested else _USUAL_LIMIT
        shown, paging = _page(found)
        rows = [
            {
                "id": f"t_{citizen.id}",
                "updated_time": _time(updated_at),
                "messages": self._listing(channel, citizen, thread, 0, size),
            }
            for updated_at, citizen, thread in shown
        ]
        return jsonify({"data": rows} | paging)

    def messages(self, conversation: str) -> Response:
        """The messages of one conversation."""
        channel = self._channel_of(self._world, "me")
        citizen = self._world.citizens.get(conversation.removeprefix("t_"))
        if citizen is None:
            raise parameter("Object with ID does not exist")
        thread = self._world.thread(channel, citizen.id)
        start, size = _place()
        if start >= _READABLE:
            raise parameter("This message is too old to be read")
        return jsonify(self._listing(channel, citizen, thread, start, size))

    def _listing(
        self, channel: str, citizen: Citizen, thread: Sequence[Entry], start: int, size: int
    ) -> Json:
        newest_first = [entry for entry in reversed(thread) if not entry.withdrawn]
        rows = [self._row(channel, citizen, one) for one in newest_first[start : start + size]]
        return {"data": rows} | _paging(start + size, len(newest_first))

    def _row(self, channel: str, citizen: Citizen, entry: Entry) -> Json:
        settings = self._world.settings
        ours = {"id": settings.page_id if channel == "messenger" else settings.instagram_id}
        theirs = {"id": citizen.address(channel)}
        author, recipient = (theirs, ours) if entry.direction == "in" else (ours, theirs)
        row: Json = {
            "id": entry.id,
            "created_time": _time(entry.at),
            "from": author,
            "to": {"data": [recipient]},
            "message": entry.text or "",
        }
        if entry.files:
            row["attachments"] = {"data": [self._attachment(file) for file in entry.files]}
        return row

    def _attachment(self, file: StoredFile) -> Json:
        url = signed_link(self._world.settings, file)
        described: Json = {"id": file.id, "mime_type": file.mime, "name": file.filename}
        if file.kind in ("image", "sticker"):
            return described | {"image_data": {"url": url}}
        if file.kind == "video":
            return described | {"video_data": {"url": url}}
        return described | {"file_url": url}


def _page(found: Sequence[T]) -> tuple[Sequence[T], Json]:
    start, size = _place()
    return found[start : start + size], _paging(start + size, len(found))


def _place() -> tuple[int, int]:
    """Where a page begins and how long it is; the cursor is a number here."""
    after, limit = request.args.get("after", "0"), request.args.get("limit", str(_USUAL_LIMIT))
    if not (after.isdecimal() and limit.isdecimal()):
        raise parameter("Invalid cursor or limit")
    return int(after), max(int(limit), 1)


def _paging(end: int, total: int) -> Json:
    cursors = {"after": str(end)}
    following = {"next": f"{request.base_url}?after={end}"} if end < total else {}
    return {"paging": {"cursors": cursors} | following}


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")
