"""How a platform with one channel and one webhook joins: by a single line of the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.adapter import ChannelAdapter
from channels.http import MediaFetcher
from channels.message import ChannelName


@dataclass(frozen=True, slots=True)
class Given:
    """What an adapter is built from.

    `settings` are the platform's own, by name without its prefix: ``SAHUT_X_USER_ID`` is
    ``user_id``; one that was not given is None or empty. `public_base_url` is where providers
    reach us, `media` fetches attachments.
    """

    settings: Mapping[str, Any] = field(repr=False)
    public_base_url: str
    media: MediaFetcher


@dataclass(frozen=True, slots=True)
class Platform:
    """One channel behind one webhook.

    The value of `name` is also the last part of the webhook's address (``/webhooks/x``) and the
    prefix of the settings (``SAHUT_X_…``, fields ``x_…``). `build` connects to nothing.
    """

    name: ChannelName
    build: Callable[[Given], ChannelAdapter]
