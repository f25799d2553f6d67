"""Ready governments: the TOML files of `config/tenants` as plain data."""

import tomllib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "tenants"
_ANSWER_TEMPLATES = Path(__file__).parent / "answer_templates.toml"


def tenant_names() -> list[str]:
    """Return the names of the governments that can be chosen, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def read_tenant_file(name: str) -> dict[str, Any]:
    """Read one government; ready-made texts that it does not bring are those of all.

    Args:
        name: file name without its ending, e.g. ``bengkalis``.

    Raises:
        ValueError: there is no such government; lists those that exist.
    """
    if name not in tenant_names():
        raise ValueError(f"no tenant named {name!r}; known: {', '.join(tenant_names())}")
    data = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    common = tomllib.loads(_ANSWER_TEMPLATES.read_text(encoding="utf-8"))
    return {**common, **data}
