"""Asking Messenger and Instagram, once, what a citizen calls themselves: only officers see it.

Webhooks of Meta carry no name. A name is a convenience: whatever goes wrong costs nothing else, and
nothing is asked for ever.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from channels.adapter import ChannelAdapter
from channels.admin import ProfileNames
from channels.errors import SendError
from channels.message import ErrorClass
from gateway.runtime import Runtime
from store import profiles, states
from store.profiles import Nameless

logger = logging.getLogger(__name__)

_BATCH: Final = 20
# Without the permission every question is refused: one a day finds out that it was given.
_REST: Final = timedelta(days=1)
_THE_ACCOUNT: Final = {ErrorClass.REAUTH, ErrorClass.CONFIG, ErrorClass.RETRY_AFTER}
_LATER: Final = {ErrorClass.RETRY, ErrorClass.AMBIGUOUS}


def drain(runtime: Runtime) -> int:
    """Ask for the names that are due; return how many were found."""
    return sum(
        _ask_all(runtime, adapter)
        for adapter in runtime.channels.values()
        if isinstance(adapter, ProfileNames)
    )


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether a name can be asked for now; cheap enough for every few seconds."""
    return any(
        profiles.any_due(session, adapter.name, adapter.account, runtime.now())
        for adapter in runtime.channels.values()
        if isinstance(adapter, ProfileNames) and not _rests(session, adapter, runtime.now())
    )


def _ask_all(runtime: Runtime, adapter: ChannelAdapter) -> int:
    found = 0
    with runtime.transaction() as session:
        if _rests(session, adapter, runtime.now()):
            return 0
        people = profiles.claim(session, adapter.name, adapter.account, runtime.now(), _BATCH)
    for number, person in enumerate(people):
        try:
            found += _ask(runtime, adapter, person)
        except SendError as error:
            _rest(runtime, adapter, error, people[number:])
            break
    return found


def _ask(runtime: Runtime, adapter: ChannelAdapter, person: Nameless) -> bool:
    """Ask for one name; say whether there is one.

    Raises:
        SendError: it would be refused for everybody.
    """
    if not isinstance(adapter, ProfileNames):
        return False
    try:
        name = adapter.profile_name(person.sender)
    except SendError as error:
        if error.error_class in _THE_ACCOUNT:
            raise
        if error.error_class in _LATER:
            return False
        name = None
    with runtime.transaction() as session:
        profiles.keep_name(session, person.conversation_id, name)
    return name is not None


def _rest(
    runtime: Runtime, adapter: ChannelAdapter, error: SendError, unasked: Sequence[Nameless]
) -> None:
    length = _REST
    if error.error_class is ErrorClass.RETRY_AFTER:
        length = timedelta(seconds=error.retry_after_s or 3600)
    until = runtime.now() + length
    with runtime.transaction() as session:
        profiles.give_back(session, [person.conversation_id for person in unasked])
        states.put(session, _rest_name(adapter), {"until": until.isoformat()})
    logger.info("names_not_told", extra={"channel": adapter.name.value, "code": error.code})


def _rests(session: Session, adapter: ChannelAdapter, now: datetime) -> bool:
    until = states.instant(states.get(session, _rest_name(adapter)), "until")
    return until is not None and until > now


def _rest_name(adapter: ChannelAdapter) -> str:
    return f"profiles:{adapter.name.value}:{adapter.account}"
