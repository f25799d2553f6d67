"""What an adapter may also be able to do for those who keep the channels running.

Each power is a small Protocol of its own: an adapter has it or not (`isinstance`), and the contract
of `ChannelAdapter` stays as it is. All of them ask the provider, so they take seconds, and nobody
may call them while rows are locked. Sentences are Indonesian: officers read them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar, runtime_checkable

from channels.errors import SendError
from channels.explanations import explain
from channels.message import ChannelName, DeliveryReceipt, ErrorClass
from channels.outbound import OutboundPart
from channels.webhook import WebhookRequest

T = TypeVar("T")

_UNREACHED = "Penyedia layanan tidak dapat dihubungi, atau jawabannya tidak terbaca."
_THROTTLED = "Penyedia layanan sedang membatasi permintaan; coba lagi nanti."


class Health(StrEnum):
    """How serious a finding is."""

    GOOD = "good"
    NOTE = "note"  # nothing is lost, but somebody should know
    BAD = "bad"  # messages do not come in or do not go out


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `subject` is ``credentials``, ``webhook``, ``subscription``, ``token``, ``account`` or
    ``templates``. `words` name neither a citizen nor a secret. `expires_at` is aware UTC, where
    something expires.
    """

    subject: str
    health: Health
    words: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token with a longer life; `expires_at` is aware UTC, None if the provider did not say."""

    value: str = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One inbound message that the provider has in its records.

    `sent_at` is aware UTC, `dedup_scope` as in `InboundMessage`; `media` counts attachments.
    """

    external_id: str
    sent_at: datetime
    dedup_scope: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    media: int = 0


@dataclass(frozen=True, slots=True)
class PastPage:
    """One page of the provider's records; `next_page` asks for the one after it, None at the end.

    `messages` are newest first.
    """

    messages: Sequence[PastMessage]
    next_page: str | None


@runtime_checkable
class ChannelAdmin(Protocol):
    """An adapter whose set-up can be asked for and made."""

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask the provider whether credentials and webhook are as they must be.

        A provider that refuses or does not answer is a finding, not an error.

        Args:
            public_base_url: where providers reach us.
            now: aware UTC; decides what is recent.
        """
        ...

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        """Set up at the provider what can be set up from here; return what a person reads next.

        Doing it again changes nothing.

        Raises:
            SendError: the provider refused, or did not answer.
        """
        ...


@runtime_checkable
class TokenRefresher(Protocol):
    """An adapter whose token expires and can be renewed with itself."""

    @property
    def token(self) -> str:
        """The token in use."""
        ...

    def refresh_token(self, now: datetime) -> FreshToken:
        """Ask for a token with a new life; the one in use stays in use.

        Raises:
            SendError: it cannot be renewed (yet), or the provider did not answer.
        """
        ...

    def use_token(self, value: str) -> None:
        """Use another token from the next call on."""
        ...


@runtime_checkable
class ProfileNames(Protocol):
    """An adapter whose messages carry no name, and whose platform tells one when it is asked."""

    def profile_name(self, sender: str) -> str | None:
        """Return how a sender calls themselves, None where the platform knows no name.

        Raises:
            SendError: the provider refused, or did not answer.
        """
        ...


@runtime_checkable
class MessageRecords(Protocol):
    """An adapter whose provider keeps records that can be read later."""

    @property
    def provider(self) -> str:
        """The provider's name in `channels.registry.adapters_for`."""
        ...

    def past_messages(self, since: datetime, until: datetime, page: str | None) -> PastPage:
        """Return one page of what was sent to us between two instants (aware UTC).

        Args:
            since: beginning.
            until: end.
            page: as an earlier page named it; None for the first.

        Raises:
            SendError: the provider refused, or did not answer.
        """
        ...

    def recover(self, message: PastMessage) -> WebhookRequest:
        """Return the request that would have told us of this message, unsigned.

        Raises:
            SendError: its attachments could not be asked for.
        """
        ...

    def find_sent(
        self, part: OutboundPart, since: datetime, until: datetime
    ) -> tuple[DeliveryReceipt, ...]:
        """Return what the provider knows of parts with this content to this recipient.

        Oldest first; each with its external id and newest state. Several, if the same words were
        sent more than once. Empty where the content cannot be compared.

        Raises:
            SendError: the provider refused, or did not answer.
        """
        ...


def refused(channel: ChannelName, error: SendError, subject: str = "credentials") -> Finding:
    """Return the finding that a refused or unanswered question is."""
    return Finding(subject, Health.BAD, explain_refusal(channel, error))


def explain_refusal(channel: ChannelName, error: SendError) -> str:
    """Return one sentence on why the provider did not do what a person asked for."""
    if error.error_class in (ErrorClass.RETRY, ErrorClass.AMBIGUOUS):
        return _UNREACHED
    if error.error_class is ErrorClass.RETRY_AFTER:
        return _THROTTLED
    if error.error_class is ErrorClass.PERMANENT:
        return f"Penyedia layanan menolak permintaan ini (kode {error.code})."
    return explain(channel, error.code, error.error_class)


def asked(
    channel: ChannelName, subject: str, question: Callable[[], T]
) -> tuple[T | None, tuple[Finding, ...]]:
    """Ask one question; a `SendError` becomes a finding, and the answer None."""
    try:
        return question(), ()
    except SendError as error:
        return None, (refused(channel, error, subject),)
