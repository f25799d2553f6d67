"""People with a browser: real logins, real forms with their CSRF tokens, over HTTP."""

from urllib.parse import urljoin, urlsplit

import requests

from tests.journeys.forms import Form, forms_of, text_of
from tests.live import Stack
from tests.seed import PASSWORD

_ANSWER_S = 30


class Visitor:
    """Somebody with a browser who has not logged in.

    Attributes:
        seen: every page that came, for assertions on what must never be in one.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._session = requests.Session()
        self._session.trust_env = False
        self.seen: list[str] = []

    def opens(self, path: str) -> str:
        """Return a page; anything but 200 fails."""
        answer = self._session.get(self._stack.web_url + path, timeout=_ANSWER_S)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {text_of(answer.text)}"
        self.seen.append(answer.text)
        return answer.text

    def status_of(self, path: str) -> int:
        """The status of a page that need not be 200."""
        answer = self._session.get(self._stack.web_url + path, timeout=_ANSWER_S)
        self.seen.append(answer.text)
        return answer.status_code

    def fetches(self, path: str) -> bytes:
        """A file, for example an attachment."""
        answer = self._session.get(self._stack.web_url + path, timeout=_ANSWER_S)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.content

    def sends(self, path: str, action: str, /, **wishes: str | None) -> str:
        """Open a page, fill the form whose address ends in `action`, send it, follow.

        Returns:
            The page that comes after it.
        """
        form = self.form(path, action)
        answer = self._session.post(
            urljoin(self._stack.web_url + path, form.action),
            data=form.filled(wishes),
            headers={"Referer": self._stack.web_url + path},
            timeout=_ANSWER_S,
        )
        assert answer.status_code == 200, f"{action}: {answer.status_code} {text_of(answer.text)}"
        self.seen.append(answer.text)
        return answer.text

    def form(self, path: str, action: str) -> Form:
        """The form of a page whose address ends in `action` (its query aside)."""
        forms = forms_of(self.opens(path))
        fitting = [one for one in forms if urlsplit(one.action).path.endswith(action)]
        assert fitting, f"no form {action} on {path}: {[one.action for one in forms]}"
        return fitting[0]

    def reads(self, path: str) -> str:
        """The words of a page."""
        return text_of(self.opens(path))


class Desk(Visitor):
    """One logged-in officer."""

    def __init__(self, stack: Stack, username: str, password: str = PASSWORD) -> None:
        super().__init__(stack)
        self.sends("/masuk", "/masuk", username=username, password=password)
        assert "sahut_sesi" in self._session.cookies
