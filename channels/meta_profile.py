"""The name of a person on Messenger or Instagram, whose webhooks carry none.

Facts: Meta's User Profile API. It needs the person's own message first (consent) and, for
Messenger, the feature Business Asset User Profile Access; 2018218 says that there is no profile.
"""

from typing import Final

from channels.message import ChannelName
from channels.meta_graph import MetaGraph
from channels.payload import clean

# Instagram's nodes refuse the parts of a name, Messenger's know no user name.
_FIELDS: Final = {
    ChannelName.MESSENGER: "name,first_name,last_name",
    ChannelName.INSTAGRAM: "name,username",
}
_LONGEST: Final = 120


def profile_name(graph: MetaGraph, channel: ChannelName, person: str) -> str | None:
    """Return how a person calls themselves, None where the platform knows no name.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    if not person.isdecimal():
        return None  # not an id of theirs: it would ask for something else
    answer = graph.get(person, {"fields": _FIELDS[channel]})
    parts = [answer.get("first_name"), answer.get("last_name")]
    whole = " ".join(part.strip() for part in parts if isinstance(part, str))
    for name in (answer.get("name"), whole, answer.get("username")):
        if isinstance(name, str) and clean(name).strip():
            return clean(name).strip()[:_LONGEST]
    return None
