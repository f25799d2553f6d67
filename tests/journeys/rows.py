"""What the database of a running service holds, looked at from outside."""

from typing import Any

import psycopg

from tests.live import Stack


def query(stack: Stack, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of one SELECT."""
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def change(stack: Stack, statement: str, *values: Any) -> int:
    """Run one UPDATE and return how many rows it changed."""
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        return connection.execute(statement.encode(), values).rowcount


def count(stack: Stack, table: str, where: str = "true", *values: Any) -> int:
    """Return how many rows of a table meet a condition."""
    ((number,),) = query(stack, f"SELECT count(*) FROM {table} WHERE {where}", *values)  # noqa: S608 (written in tests)
    return int(number)


def complaints_of(stack: Stack, ticket: str) -> int:
    """How many complaints the person of this ticket has."""
    same = "conversation_id = (SELECT conversation_id FROM complaint WHERE ticket = %s)"
    return count(stack, "complaint", same, ticket)
