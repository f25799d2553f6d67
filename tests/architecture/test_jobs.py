import ast

from gateway import jobs
from tests.architecture.source_files import PROJECT, tree


def _words_in(function: str, module: str) -> set[str]:
    """Text constants inside one function."""
    module_tree = tree(PROJECT / module)
    [body] = [
        node
        for node in ast.walk(module_tree)
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    return {
        node.value
        for node in ast.walk(body)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _woken_by_name() -> set[str]:
    return {
        call.args[0].value
        for path in sorted((PROJECT / "gateway").rglob("*.py"))
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "wake"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_job_is_found_by_the_ticker_when_its_nudge_was_lost():
    scheduled = _words_in("due_kinds", "gateway/sweeps.py") | _words_in("_tick", "gateway/jobs.py")

    assert set(jobs.DRAINS) <= scheduled


def test_only_kinds_that_have_a_job_are_woken():
    assert _woken_by_name() <= set(jobs.DRAINS)
    assert _woken_by_name() >= {"outbox", "dialogue"}
