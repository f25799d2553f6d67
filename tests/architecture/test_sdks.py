"""Each provider's SDK stays behind one file (decision 30); so do the libraries of one purpose."""

import ast

import pytest

from tests.architecture.source_files import python_files, shown, tree


def _importers(package: str) -> set[str]:
    return {
        shown(path)
        for path in python_files("gateway", "channels", "normalizer", "store", "config")
        for node in ast.walk(tree(path))
        if package in _packages(node)
    }


def _packages(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {name.name.split(".")[0] for name in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module.split(".")[0]}
    return set()


@pytest.mark.parametrize(
    ("package", "home"),
    [
        ("twilio", "channels/twilio_messaging.py"),
        ("telegram", "channels/telegram.py"),
        ("facebook", "channels/meta_graph.py"),
        ("puremagic", "gateway/media/media_types.py"),
        ("PIL", "gateway/media/media_copies.py"),
        ("alembic", "store/migrate.py"),
    ],
)
def test_a_library_is_known_to_one_file(package: str, home: str):
    # One draws the pictures of the demo, the other is a process of its own, bounded in memory.
    elsewhere = {"gateway/demo/demo_media.py", "gateway/media/ktp_process.py"}
    importers = {path for path in _importers(package) if "/migrations/" not in path}

    assert importers - elsewhere == {home}
