"""X's adapter with the keys of its payload set."""

import dataclasses

from channels.http import MediaFetcher
from channels.message import ChannelName
from channels.outbound import OutboundPart
from channels.x_api import XApi
from channels.x_messages import XAdapter
from tests.channels.own_payloads import KEYS

X = KEYS["x"]
CITIZEN, TEXT = "5501000000000000001", "Laporan rahasia"


def make(origin: str = "http://127.0.0.1:9", secrets: tuple[str, ...] = (), media=None) -> XAdapter:
    api = XApi(
        consumer_key=X["consumer_key"],
        consumer_secret=X["consumer_secret"],
        access_token=X["access_token"],
        access_token_secret=X["access_token_secret"],
        api_base=origin,
    )
    return XAdapter(
        X["user_id"], (*secrets, X["consumer_secret"]), api, media or MediaFetcher(origin)
    )


def part(text: str | None = TEXT, **changes) -> OutboundPart:
    made = OutboundPart(ChannelName.X, X["user_id"], CITIZEN, "bagian-1", text=text)
    return dataclasses.replace(made, **changes)
