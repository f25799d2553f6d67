"""Nudges leave from a thread of their own, each kind once for a burst, none lost."""

import threading

from gateway.nudging import DeferredNudger


class HeldNudger:
    """Passes nothing on before it is let go; remembers what it got, and from which thread."""

    def __init__(self) -> None:
        self.woken: list[str] = []
        self.threads: set[str] = set()
        self.let_go = threading.Event()
        self.heard = threading.Semaphore(0)

    def wake(self, kind: str) -> None:
        self.let_go.wait(timeout=10)
        self.woken.append(kind)
        self.threads.add(threading.current_thread().name)
        self.heard.release()

    def answers(self) -> bool:
        return self.let_go.is_set()


def test_who_nudges_does_not_wait_for_the_queue() -> None:
    inner = HeldNudger()
    nudger = DeferredNudger(inner)

    nudger.wake("dialogue")  # comes back although the queue answers nobody

    assert inner.woken == []
    inner.let_go.set()
    assert inner.heard.acquire(timeout=10)
    assert inner.woken == ["dialogue"]
    assert inner.threads == {"nudges"}


def test_it_says_whether_the_queue_can_be_reached() -> None:
    inner = HeldNudger()
    nudger = DeferredNudger(inner)

    before = nudger.answers()
    inner.let_go.set()

    assert (before, nudger.answers()) == (False, True)


def test_a_burst_is_one_nudge_and_what_comes_after_it_another() -> None:
    inner = HeldNudger()
    nudger = DeferredNudger(inner)
    nudger.wake("media")
    for _ in range(100):
        nudger.wake("dialogue")
    inner.let_go.set()
    assert inner.heard.acquire(timeout=10)
    assert inner.heard.acquire(timeout=10)

    nudger.wake("dialogue")

    assert inner.heard.acquire(timeout=10)
    assert inner.woken == ["dialogue", "media", "dialogue"]
