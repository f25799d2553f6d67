import ast

from tests.architecture.source_files import PROJECT, python_files, shown, tree

ENTRY_POINTS = {"stream", "worker", "wsgi"}


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {name.name.split(".")[0] for name in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module.split(".")[0]}
    return set()


def test_nobody_imports_the_entry_points():
    importers = [
        shown(path)
        for path in [*python_files(), *sorted((PROJECT / "tests").rglob("*.py"))]
        for node in ast.walk(tree(path))
        if _imported(node) & ENTRY_POINTS
    ]

    assert importers == []


def test_the_entry_points_are_thin():
    web = (PROJECT / "wsgi.py").read_text().splitlines()

    statements = tree(PROJECT / "wsgi.py").body
    assert [type(node).__name__ for node in statements].count("FunctionDef") == 0
    assert len(web) < 20
