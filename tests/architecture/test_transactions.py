import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_files import PROJECT, module_name, python_files, shown, tree

ABOVE_USE_CASES = {  # they carry out use cases, for officers or as time passes
    "gateway.casework.bulk",
    "gateway.macros.macros",
    "gateway.demo.demo",
    "gateway.demo.demo_people",
    "gateway.demo.demo_records",
    "gateway.officers.reminders",
    "gateway.officers.staff_dialogue",
    "gateway.officers.staff_sending",
    "gateway.officers.staff_words",
    "gateway.sweeps",
}
BESIDES_USE_CASES = {
    "gateway.boot",  # seeds an empty database, reads the government once
    "gateway.sending.closed_window",  # second half of replies, split off for its length
    "gateway.sending.rescue",  # for the undelivered: called by replies and by the sweep
    "gateway.cases.second_channel",  # one transaction for each message that rescue passes on
    "gateway.sending.sending",  # first half of replies
    "gateway.media.media_links",  # opens a signed link; sending makes links with it
    "gateway.settings.settings_version",  # asks for a number before a use case begins
    "gateway.dialogue.ktp",  # drained as a use case; the dialogue asks whether to wait
    "gateway.cases.identity",  # unmasking is a use case that others also ask "may this person see?"
}


def use_cases() -> set[str]:
    """The use cases, as their import contract lists them, and what carries them out."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in settings["tool"]["importlinter"]["contracts"]}
    return set(contracts["use-cases"]["modules"]) | ABOVE_USE_CASES


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

    assert {"gateway.dialogue.dialogue", "gateway.intake.intake"} <= found


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
