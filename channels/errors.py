"""What can go wrong at the edge to a platform."""

from channels.message import ErrorClass


class ChannelError(Exception):
    """Root of everything that a channel raises."""


class SignatureError(ChannelError):
    """The request was not made by the platform. Nothing of it may be stored."""


class PayloadError(ChannelError):
    """The request is genuine, but can never be a message (not JSON, no id). Answered with 400."""


class SendError(ChannelError):
    """The platform did not take a part.

    Attributes:
        error_class: what the worker must do.
        code: the platform's own code, for the officer and the error table.
        retry_after_s: how long the platform asked us to wait, if it did.
    """

    def __init__(
        self, error_class: ErrorClass, code: str, message: str, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.error_class = error_class
        self.code = code
        self.retry_after_s = retry_after_s


class MediaError(ChannelError):
    """An attachment could not be fetched.

    Attributes:
        retryable: False when it will never come (too large, expired, refused).
        reason: `too_large`, `expired`, `refused`, `unauthorized` or `unavailable`.
    """

    def __init__(self, reason: str, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable
