"""What a use case can refuse. The web ring turns each into a page."""


class GatewayError(Exception):
    """Root of what use cases raise."""


class NotFoundError(GatewayError):
    """It does not exist, or not for this person: nobody learns which."""


class ForbiddenError(GatewayError):
    """This person may not do that."""


class ConflictError(GatewayError):
    """The record was changed by somebody else meanwhile."""


class InvalidInputError(GatewayError):
    """The form was filled in wrongly.

    Attributes:
        problems: field name to the sentence (Indonesian) that stands beside it.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = problems


class TranscriptionError(GatewayError):
    """A recording was not written down. Never says what was in it.

    Attributes:
        retryable: whether the same recording may succeed later.
    """

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


class CardReaderError(GatewayError):
    """A photo of an identity card could not be read this time. Never says what was on it."""


class OidcError(GatewayError):
    """The OpenID provider did not say who somebody is. Never quotes what it sent."""


class MoveNotAllowedError(GatewayError):
    """The complaint's status does not allow this step now."""
