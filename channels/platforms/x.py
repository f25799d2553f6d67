"""X (Twitter), as the registry knows it."""

from channels import x_api
from channels.adapter import ChannelAdapter
from channels.message import ChannelName
from channels.platform import Given, Platform
from channels.x_api import XApi
from channels.x_messages import XAdapter


def _build(given: Given) -> ChannelAdapter:
    keys = given.settings
    api = XApi(
        consumer_key=keys["consumer_key"],
        consumer_secret=keys["consumer_secrets"][0],
        access_token=keys["access_token"],
        access_token_secret=keys["access_token_secret"],
        api_base=keys.get("api_base") or x_api.API_BASE,
    )
    return XAdapter(keys["user_id"], keys["consumer_secrets"], api, given.media)


PLATFORM = Platform(ChannelName.X, _build)
