"""Reading HTML forms as a browser would, so that journeys send what the pages really offer."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_TYPED = {"text", "search", "hidden", "date", "number", "password", "tel", "email"}


@dataclass
class Form:
    """One form: where it goes, what it would send untouched, which names it knows."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: set[tuple[str, str]] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, wishes: dict[str, str | None]) -> dict[str, str]:
        """Return what is sent with these fields filled in; None unticks a box.

        Raises:
            AssertionError: the form has no such field, button or choice.
        """
        values = dict(self.values)
        for name, value in wishes.items():
            pressed = (name, value or "") in self.buttons
            assert name in self.names or pressed, f"no field {name} in {self.action}"
            if value is None:
                values.pop(name, None)
                continue
            known = self.choices.get(name)
            assert known is None or pressed or value in known, f"{name}: {value} not in {known}"
            values[name] = value
        return values


class _Reader(HTMLParser):
    """Collects forms; a control elsewhere on the page names its form by an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: tuple[Form, str, bool] | None = None
        self._area: tuple[Form, str] | None = None
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag == "option":
            self._option(given)
        elif tag in ("input", "select", "textarea", "button") and "disabled" not in given:
            owner = self._by_id.get(given["form"]) if "form" in given else self._open
            if owner is not None:
                self._control(owner, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._area is not None:
            form, name = self._area
            # As in a browser: the first line break after the tag is not content.
            form.values[name] += data if form.values[name] else data.removeprefix("\n")

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if not name:
            return
        if tag == "button":
            form.buttons.add((name, given.get("value", "")))
            return
        form.names.add(name)
        if tag == "textarea":
            self._area = (form, name)
            form.values[name] = ""
        elif tag == "select":
            self._select = (form, name, False)
            form.choices[name] = []
        else:
            _input(form, name, given)

    def _option(self, given: dict[str, str]) -> None:
        if self._select is None:
            return
        form, name, chosen = self._select
        value = given.get("value", "")
        form.choices[name].append(value)
        if "selected" in given or (not chosen and name not in form.values):
            form.values[name] = value
            self._select = (form, name, "selected" in given)


def _input(form: Form, name: str, given: dict[str, str]) -> None:
    kind = given.get("type", "text").lower()
    value = given.get("value", "")
    if kind in _TYPED:
        form.values[name] = value
    elif kind == "radio":
        form.choices.setdefault(name, []).append(value)
        if "checked" in given:
            form.values[name] = value
    elif kind == "checkbox" and "checked" in given:
        form.values[name] = value or "on"


def forms_of(page: str) -> list[Form]:
    """All forms of a page in their order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def text_of(page: str) -> str:
    """The words of a page, white space evened."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.text).split())
