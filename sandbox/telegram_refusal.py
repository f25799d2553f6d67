"""How a Telegram method refuses."""


class TelegramRefusalError(Exception):
    """The call is answered with ``ok: false``. `description` is Telegram's text."""

    def __init__(self, code: int, description: str, retry_after_s: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s


def bad_request(text: str) -> TelegramRefusalError:
    """The most frequent one."""
    return TelegramRefusalError(400, f"Bad Request: {text}")
