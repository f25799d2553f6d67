"""Writing TwiML, Twilio's answers to a call: https://www.twilio.com/docs/voice/twiml (2026-11)."""

from xml.sax.saxutils import escape, quoteattr

from channels.call_prompts import Prompt
from channels.webhook import WebhookReply

HANGUP = "<Hangup/>"


def response(*verbs: str) -> WebhookReply:
    """Return verbs as one answer."""
    return WebhookReply(
        body=f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>',
        content_type="text/xml; charset=utf-8",
    )


def say(text: str) -> str:
    """Read a text out in Indonesian."""
    return f'<Say language="id-ID">{escape(text)}</Say>'


def prompt(spoken: Prompt) -> str:
    """Play a recorded prompt, or read it out."""
    return f"<Play>{escape(spoken.audio_url)}</Play>" if spoken.audio_url else say(spoken.text)


def pause(seconds: int) -> str:
    """Be silent."""
    return f'<Pause length="{seconds}"/>'


def redirect(url: str) -> str:
    """Go on with what another address answers."""
    return f'<Redirect method="POST">{escape(url)}</Redirect>'


def gather_key(action: str, timeout_s: int, *inside: str) -> str:
    """Wait for one key while something is said; without a key the call goes on behind it."""
    return (
        f'<Gather input="dtmf" numDigits="1" timeout="{timeout_s}" method="POST"'
        f" action={quoteattr(action)}>{''.join(inside)}</Gather>"
    )


def record(action: str, status_callback: str, max_length_s: int, silence_s: int) -> str:
    """Record until the hash key, `silence_s` of silence or `max_length_s`.

    Silence alone does not call `action`: the call goes on behind it.
    """
    return (
        f'<Record action={quoteattr(action)} method="POST"'
        f" recordingStatusCallback={quoteattr(status_callback)}"
        f' recordingStatusCallbackEvent="completed absent" playBeep="true" finishOnKey="#"'
        f' maxLength="{max_length_s}" timeout="{silence_s}"/>'
    )
