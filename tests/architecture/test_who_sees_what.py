"""Cases reach people by way of three questions: `may_see`, `seen_by`, `publicly_visible`."""

import ast

from tests.architecture.source_files import module_name, python_files, tree

# What finds cases for somebody to look at.
FINDING = frozenset({"by_ticket", "attachment_with_place", "page", "in_order", "matching"})
ROOMS_OF_CASES = frozenset({"complaints", "queues", "listing", "reading"})
ASKING = frozenset({"may_see", "seen_by", "publicly_visible", "open_case"})
NOBODY_LOOKS = {
    "gateway.demo.demo",  # makes the demo's cases
    "gateway.demo.demo_records",
    "gateway.officers.reminders",  # the worker's own steps
}
ALL_OF_DISKOMINFO = {"gateway.reading.inbox"}  # who opens the inbox sees every case


def _called(node: ast.Call) -> tuple[str, str]:
    """Return the owner's name and the function's: `complaints.by_ticket(...)`."""
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        return owner, node.func.attr
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return ("complaints" if name == "by_ticket" else "", name)


def _calls(module: ast.Module) -> set[tuple[str, str]]:
    return {_called(node) for node in ast.walk(module) if isinstance(node, ast.Call)}


def _finds_without_asking(module: ast.Module) -> bool:
    calls = _calls(module)
    finds = any(owner in ROOMS_OF_CASES and name in FINDING for owner, name in calls)
    return finds and not ASKING & {name for _, name in calls}


def test_who_finds_a_case_for_somebody_asks_whether_they_may_see_it():
    unasked = {
        module_name(path) for path in python_files("gateway") if _finds_without_asking(tree(path))
    }

    assert unasked == NOBODY_LOOKS | ALL_OF_DISKOMINFO


def test_a_module_that_does_not_ask_would_be_found():
    careless = ast.parse(
        "def show(session, ticket):\n    return complaints.by_ticket(session, ticket)"
    )
    careful = ast.parse(
        "def show(session, ticket, staff):\n"
        "    case = complaints.by_ticket(session, ticket)\n"
        "    return case if may_see(case, staff) else None"
    )

    assert _finds_without_asking(careless)
    assert not _finds_without_asking(careful)


def test_public_visibility_is_judged_in_one_function():
    judging = [
        module_name(path)
        for path in python_files("gateway", "store")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name == "publicly_visible"
    ]

    assert judging == ["gateway.rules.statuses"]
