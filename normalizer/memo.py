"""Readings of one line, remembered: a conversation is read anew at every message of it.

Only pure functions of short texts are remembered, in the memory of this process, a bounded number
of them; the result is the same with and without.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

_R = TypeVar("_R")
_MOST = 2048
_LONGEST = 400


def remembered(function: Callable[[str], _R]) -> Callable[[str], _R]:
    """Remember a pure function's results for short texts.

    Returns:
        The same function; `__wrapped__` is the one that always reads anew.
    """
    cached = lru_cache(maxsize=_MOST)(function)

    def read(text: str) -> _R:
        return function(text) if len(text) > _LONGEST else cached(text)

    read.__dict__["__wrapped__"] = function
    return read
