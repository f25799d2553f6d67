"""Ready governments: the TOML files of `config/tenants` as plain data."""

import tomllib
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "tenants"


def tenant_names() -> list[str]:
    """Return the names of the governments that can be chosen, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def read_tenant_file(name: str) -> dict[str, Any]:
    """Read one government.

    Args:
        name: file name without its ending, e.g. ``bengkalis``.

    Raises:
        ValueError: there is no such government; lists those that exist.
    """
    if name not in tenant_names():
        raise ValueError(f"no tenant named {name!r}; known: {', '.join(tenant_names())}")
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
