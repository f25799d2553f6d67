import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_files import PROJECT, module_name, python_files, shown, tree

BESIDES_USE_CASES = {
    "gateway.boot",  # seeds an empty database, reads the government once
    "gateway.closed_window",  # second half of replies, split off for its length
    "gateway.rescue",  # what replies does for the undelivered, also done by the minute's sweep
    "gateway.second_channel",  # one transaction for each message that rescue passes on
    "gateway.sending",  # first half of replies
    "gateway.media_links",  # opens a signed link: a use case that sending also makes links with
    "gateway.settings_version",  # asks for a number before a use case begins
    "gateway.ktp",  # drained as a use case; the dialogue also asks it whether to wait for a card
    "gateway.identity",  # unmasking is a use case that others also ask "may this person see?"
}


def use_cases() -> set[str]:
    """The use cases, as the import contract of the gateway lists them."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in settings["tool"]["importlinter"]["contracts"]}
    layers: list[str] = contracts["gateway"]["layers"]
    first, parts = layers.index("jobs") + 1, layers.index(next(x for x in layers if " : " in x))
    names = [name for layer in layers[first:parts] for name in layer.split("|")]
    return {f"gateway.{name.strip(' ()')}" for name in names}


def opened_transactions(path: Path) -> Iterator[int]:
    """Lines that open a transaction."""
    for node in ast.walk(tree(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"transaction", "begin"}
        ):
            yield node.lineno


def test_transactions_open_only_in_use_cases():
    allowed = use_cases() | BESIDES_USE_CASES

    elsewhere = [
        f"{shown(path)}:{line}"
        for path in python_files("gateway", "channels", "normalizer", "store")
        if module_name(path) not in allowed | {"store.db", "store.migrations.env"}
        for line in opened_transactions(path)
    ]

    assert elsewhere == []


def test_the_search_finds_transactions_where_they_are():
    found = {
        module_name(path) for path in python_files("gateway") if list(opened_transactions(path))
    }

    assert {"gateway.dialogue", "gateway.intake"} <= found


def test_no_adapter_call_happens_inside_a_transaction():
    """`adapter.send` and `adapter.fetch_media` wait for the network; rows stay locked meanwhile."""
    inside = [
        f"{shown(path)}:{call.lineno}"
        for path in python_files("gateway")
        for block in ast.walk(tree(path))
        if isinstance(block, ast.With) and _opens_transaction(block)
        for call in ast.walk(block)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"send", "fetch_media"}
    ]

    assert inside == []


def _opens_transaction(block: ast.With) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr == "transaction"
        for item in block.items
    )
