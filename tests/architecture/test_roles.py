"""What a role may do stands in one table; everything else asks for a permission."""

import ast
import re
from collections.abc import Iterator

from store.models.staff import Role
from tests.architecture.source_files import PROJECT, python_files, shown, tree

# The table, the words for roles, the form in which a keeper chooses one, and invented people.
MAY_NAME_ROLES = ("gateway/rules/", "gateway/settings/", "gateway/demo/")
# Codes of roles that are no ordinary words; "operator" is also a channel, "pimpinan" a page.
_CODES = "|".join(sorted({role.value for role in Role} - {"operator", "pimpinan"}))


def named_in(source: ast.Module) -> Iterator[str]:
    """Every role that the code names, as `Role.OPERATOR` or by its code."""
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "Role":
            yield f"{node.lineno}: Role.{node.attr}"
        if isinstance(node, ast.Constant) and re.fullmatch(_CODES, str(node.value)):
            yield f"{node.lineno}: {node.value}"


def test_only_the_table_of_permissions_and_what_sets_roles_names_one():
    named = [
        f"{shown(path)}:{words}"
        for path in python_files("gateway")
        if not shown(path).startswith(MAY_NAME_ROLES)
        for words in named_in(tree(path))
    ]

    assert named == []


def test_pages_ask_for_permissions_too():
    named = [
        shown(path)
        for path in sorted((PROJECT / "gateway" / "templates").rglob("*.html"))
        if path.parent.name != "pengaturan"  # where a keeper chooses one
        and re.search(
            rf"\.role\b(?!_words)[^\]]*==|role\.value|'({_CODES})'", path.read_text("utf-8")
        )
    ]

    assert named == []


def test_a_role_that_is_named_is_found():
    source = ast.parse("if staff.role is Role.OPERATOR or staff.role == 'kepala_pd':\n    pass")

    assert sorted(named_in(source)) == ["1: Role.OPERATOR", "1: kepala_pd"]
