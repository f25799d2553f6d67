"""Sends a citizen's webhooks on their way, with the faults that are on."""

import itertools
from collections.abc import Hashable
from dataclasses import replace

from sandbox.delivery import Deliverer, Webhook
from sandbox.world import World

_COPIES = 3


class Outgoing:
    """The last stop before the gateway: late, three times, or in the wrong order."""

    def __init__(self, world: World, deliverer: Deliverer) -> None:
        self._world = world
        self.deliverer = deliverer
        self._numbers = itertools.count()
        self._held: dict[tuple[str, str | None], tuple[Hashable, Webhook]] = {}

    def send(self, webhook: Webhook, lane: Hashable | None = None, *, message: bool = True) -> None:
        """Post a webhook.

        Args:
            webhook: what to post.
            lane: an order to keep (Telegram: the chat); None lets it run beside all others.
            message: whether it is a citizen's message. Receipts are never swapped or doubled.
        """
        lane = ("alone", next(self._numbers)) if lane is None else lane
        late = self._world.faults.take("late", webhook.channel, webhook.citizen)
        delay_s = 0.0
        if late is not None:
            delay_s = self._world.settings.late_s if late.delay_s is None else late.delay_s
        if not message:
            self.deliverer.post(lane, webhook, delay_s)
            return
        self._in_order(lane, webhook, delay_s)

    def faulty(self, channel: str, citizen: str | None) -> bool:
        """Whether a fault works on messages there, so that each must travel alone."""
        return any(
            fault.concerns(name, channel, citizen)
            for fault in self._world.faults.listed()
            for name in ("late", "thrice", "out_of_order")
        )

    def forget(self) -> None:
        """Drop what is held back and all lanes."""
        with self._world.lock:
            self._held.clear()
        self.deliverer.forget()

    def _in_order(self, lane: Hashable, webhook: Webhook, delay_s: float) -> None:
        key = (webhook.channel, webhook.citizen)
        with self._world.lock:
            held = self._held.pop(key, None)
            swap = held is None and self._world.faults.take("out_of_order", *key) is not None
            if swap:
                self._held[key] = (lane, webhook)
        if swap:
            hold_s = self._world.settings.reorder_hold_s
            self._world.dispatcher.after(hold_s, lambda: self._release(key, webhook))
            self._log(webhook, "ditahan sampai pesan berikutnya")
            return
        self._copies(lane, webhook, delay_s)
        if held is not None:
            # In the lane of the later one, so that the gateway has answered it first.
            self._copies(lane, held[1], delay_s)

    def _release(self, key: tuple[str, str | None], webhook: Webhook) -> None:
        """No second message came: let the first one go."""
        with self._world.lock:
            held = self._held.get(key)
            if held is None or held[1] is not webhook:
                return
            del self._held[key]
        self._copies(held[0], webhook, 0.0)

    def _copies(self, lane: Hashable, webhook: Webhook, delay_s: float) -> None:
        if self._world.faults.take("thrice", webhook.channel, webhook.citizen) is None:
            self.deliverer.post(lane, webhook, delay_s)
            return
        for number in range(1, _COPIES + 1):
            copy = replace(webhook, label=f"{webhook.label}, kiriman {number} dari {_COPIES}")
            self.deliverer.post(lane, copy, delay_s)

    def _log(self, webhook: Webhook, outcome: str) -> None:
        self._world.log(webhook.channel, webhook.citizen, webhook.label, outcome)
