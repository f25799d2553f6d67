"""How the Graph API refuses."""


class MetaRefusalError(Exception):
    """The call is answered with an error object."""

    def __init__(self, http: int, code: int, text: str, subcode: int | None = None) -> None:
        super().__init__(text)
        self.http = http
        self.code = code
        self.text = text
        self.subcode = subcode


def parameter(text: str) -> MetaRefusalError:
    """Something is wrong with a field."""
    return MetaRefusalError(400, 100, f"(#100) {text}")
