"""What a stream tells pages: names and numbers, never content (product page 2.0.7).

A page that hears its name asks for its fragment as any other page does, and the fragment's own
use case decides what this person may see.
"""

from collections import deque
from collections.abc import Iterable

from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import live
from store.live import News

# These are not about a list: a page asks for that one thing only.
_OWN_NAMES = {"part": "kirim:{}", "channels": "kanal", "notice": "saya"}
_REMEMBERED = 5000  # rows told already; far more than each look goes back


class Watcher:
    """Looks at the tables again and again, and says each change once."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        with runtime.transaction() as session:
            self._marks = live.marks(session)
            older = live.news_after(session, self._marks)
            self._channels = live.channels_now(session)
        self._told: set[tuple[str, int]] = {(row.table, row.id) for row in older}
        self._order: deque[tuple[str, int]] = deque(sorted(self._told))

    def look(self) -> list[News]:
        """Return what has come since the last look."""
        with self._runtime.transaction() as session:
            found = live.news_after(session, self._marks)
            channels = live.channels_now(session)
        fresh = [row for row in found if (row.table, row.id) not in self._told]
        self._marks = live.advanced(self._marks, fresh)
        for row in fresh:
            self._told.add((row.table, row.id))
            self._order.append((row.table, row.id))
        while len(self._order) > _REMEMBERED:
            self._told.discard(self._order.popleft())
        if channels != self._channels:
            self._channels = channels
            fresh.append(News("channels", 0))
        return fresh


def names_for(person: Staff, news: Iterable[News]) -> list[str]:
    """Return the names that this person's pages are told, each once; nothing of others' cases."""
    names: dict[str, None] = {}
    for row in news:
        if not _is_for(person, row):
            continue
        if row.table in _OWN_NAMES:
            names[_OWN_NAMES[row.table].format(row.message_id)] = None
            continue
        names["kotak"] = None
        if row.complaint_id is not None:
            names[f"aduan:{row.complaint_id}"] = None
        elif row.conversation_id is not None:
            names[f"percakapan:{row.conversation_id}"] = None
    return list(names)


def _is_for(person: Staff, row: News) -> bool:
    """Whether this person may know that there is something new."""
    if row.table == "notice":
        return row.user_id == person.id
    if row.table == "channels" or person.may(Permission.OPEN_INBOX):
        return True
    own = person.pd_code is not None and row.pd_code == person.pd_code
    return own and person.may(Permission.WORK_AT_PD)
