"""Fetching from Twilio: its password goes to Twilio and nowhere else."""

import re
from dataclasses import dataclass, field

from channels.errors import MediaError
from channels.http import MediaFetcher
from channels.message import MediaContent

API_BASE = "https://api.twilio.com"
_HOSTS = re.compile(r"^https://[a-z]+\.twilio\.com")
_REGIONAL_API = re.compile(r"https://api(\.[a-z0-9-]+)*\.twilio\.com/")


@dataclass(frozen=True, slots=True)
class TwilioMedia:
    """Media and recordings of one account; `api_base` is another origin in the sandbox."""

    fetcher: MediaFetcher
    account_sid: str
    auth_token: str = field(repr=False)
    api_base: str = API_BASE

    def fetch(self, url: str) -> MediaContent:
        """Download what a webhook announced.

        Raises:
            MediaError: it did not come, or the address is not Twilio's.
        """
        if url.startswith(f"{API_BASE}/"):
            url = self.api_base + url.removeprefix(API_BASE)
        if not url.startswith(f"{self.api_base}/") and not _REGIONAL_API.match(url):
            raise MediaError("refused", "not an address of Twilio", retryable=False)
        return self.fetcher.fetch(url, auth=(self.account_sid, self.auth_token))


def at_origin(address: str, api_base: str) -> str:
    """Return an address of Twilio's at another origin, which plays all of its hosts.

    A region of Twilio has only the first of them.
    """
    if address.startswith(f"{API_BASE}/"):
        return api_base + address.removeprefix(API_BASE)
    regional = _REGIONAL_API.match(f"{api_base}/")
    return address if regional else _HOSTS.sub(api_base, address, count=1)
