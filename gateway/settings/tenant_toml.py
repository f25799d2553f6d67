"""Writing a government as a TOML file of the shape of `config/tenants`; reading is tomllib's."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

_HEAD = (
    "# Everything that makes this deployment one government, as the database had it.\n"
    "# Read it back with: flask --app wsgi tenant import FILE\n"
)


def dumps(data: Mapping[str, Any]) -> str:
    """Return `data` as TOML; fields without a value are left out.

    Raises:
        TypeError: a value is of a kind that a government's data never has.
    """
    return _HEAD + "".join(f"{line}\n" for line in _table((), data))


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a table: its own values first, then the tables inside it."""
    kept = {name: value for name, value in table.items() if value is not None}
    for name, value in kept.items():
        if not isinstance(value, Mapping) and not _is_tables(value):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in kept.items():
        inner = (*path, name)
        head = ".".join(_key(part) for part in inner)
        if isinstance(value, Mapping):
            yield from ("", f"[{head}]", *_table(inner, value))
        elif _is_tables(value):
            for one in value:
                yield from ("", f"[[{head}]]", *_table(inner, one))


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
    return name if plain else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return _list(value)
    raise TypeError(f"no TOML for {type(value).__name__}")


def _list(values: list[Any]) -> str:
    """Lists of lists (the desa of a kecamatan) get a line for each."""
    parts = [_value(one) for one in values]
    if any(isinstance(one, list) for one in values):
        return "[\n" + "".join(f"    {part},\n" for part in parts) + "]"
    return f"[{', '.join(parts)}]"


def _text(text: str) -> str:
    """JSON's strings are TOML's, but for one character that TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
