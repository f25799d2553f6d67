"""A whole call: TwiML is followed as Twilio follows it, recordings are announced and served."""

import base64
import hashlib
import hmac
import wave
from io import BytesIO

import pytest
import requests

from sandbox import defaults
from sandbox.twiml import TwimlError, read_twiml
from tests.sandbox.stage import eventually

VOICE = "/webhooks/twilio/voice"
AUTH = (defaults.TWILIO_ACCOUNT_SID, defaults.TWILIO_AUTH_TOKEN)
XML = {"Content-Type": "text/xml"}


@pytest.fixture
def line(open_stage):
    """A stage whose gateway answers calls with TwiML, and pauses that take no time."""
    return Line(open_stage(pause_scale=0.0))


class Line:
    """Salmah's telephone."""

    def __init__(self, stage):
        self.stage = stage
        self.gateway = stage.gateway
        self.sid = ""

    def answers(self, path, *verbs, status=200, headers=XML):
        body = f"<Response>{''.join(verbs)}</Response>"
        self.gateway.bodies[VOICE + path].append((status, headers, body))

    def url(self, path):
        return f"{self.gateway.url}{VOICE}{path}"

    def record(self):
        return (
            f'<Record action="{self.url("/action")}"'
            f' recordingStatusCallback="{self.url("/recording")}"'
            ' recordingStatusCallbackEvent="completed absent"/>'
        )

    def dials(self, **more):
        self.sid = self.stage.post("/api/citizens/salmah/calls", more)["id"]

    def does(self, what, **more):
        self.stage.post(f"/api/citizens/salmah/calls/{self.sid}", {"do": what, **more})

    def refused(self, what, **more):
        path = f"{self.stage.url}/api/citizens/salmah/calls/{self.sid}"
        return requests.post(path, json={"do": what, **more}, timeout=5).status_code == 422

    def comes_to(self, state):
        found = eventually(
            lambda: self.stage.get("/api/citizens/salmah/calls")["calls"][-1],
            lambda call: call["state"] == state,
            state,
        )
        return [f"{one['verb']} {one['text']}".strip() for one in found["heard"]]

    @property
    def error(self):
        return self.stage.get("/api/citizens/salmah/calls")["calls"][-1]["error"]

    def forms(self, path, count=1):
        return [one.form for one in self.stage.webhooks(VOICE + path, count)]


def test_a_call_goes_from_the_ring_to_the_goodbye(line):
    line.answers("", "<Say>Halo</Say>", line.record(), "<Hangup/>")
    line.answers(
        "/action", "<Say>Terima kasih</Say>", f"<Redirect>{line.url('/ticket?n=1')}</Redirect>"
    )
    keys = f'<Gather numDigits="1" action="{line.url("/keys")}"><Say>Tekan satu</Say></Gather>'
    line.answers("/ticket", '<Pause length="2"/>', keys, "<Say>Tidak ditekan</Say>")
    line.answers("/keys", "<Say>Baik</Say>", "<Hangup/>", "<Say>Tidak pernah</Say>")

    line.dials()
    assert line.comes_to("recording") == ["say Halo", "beep"]
    line.does("speak")
    assert line.comes_to("keys")[2:] == ["say Terima kasih", "say Tekan satu"]
    line.does("press", key="1")

    assert line.comes_to("ended")[-1] == "say Baik"
    (ring,) = line.forms("")
    assert (ring["CallStatus"], ring["From"]) == ("ringing", "+6281255501001")
    (action,) = line.forms("/action")
    assert (action["CallStatus"], action["Digits"]) == ("in-progress", "#")
    assert line.forms("/ticket")[0]["CallSid"] == line.sid
    assert line.forms("/keys")[0]["Digits"] == "1"
    (announced,) = line.forms("/recording")
    assert announced["RecordingSid"] == action["RecordingSid"]
    assert "From" not in announced


def test_every_request_of_a_call_is_signed_over_its_whole_address(line):
    line.answers("", f"<Redirect>{line.url('/ticket?n=1')}</Redirect>")

    line.dials()

    (heard,) = line.stage.webhooks(VOICE + "/ticket", 1)
    signed = line.url("/ticket?n=1") + "".join(
        name + value for name, value in sorted(heard.form.items())
    )
    key = defaults.TWILIO_AUTH_TOKEN.encode()
    expected = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha1).digest()).decode()
    assert heard.headers["x-twilio-signature"] == expected


def test_silence_falls_through_and_is_announced_as_absent(line):
    line.answers("", line.record(), "<Say>Tidak terdengar</Say>")

    line.dials()
    line.comes_to("recording")
    line.does("be_silent")

    assert line.comes_to("ended")[-1] == "say Tidak terdengar"
    (announced,) = line.forms("/recording")
    assert announced["RecordingStatus"] == "absent"
    assert line.gateway.on(VOICE + "/action") == []


def test_a_key_that_nobody_presses_goes_on_behind_gather(line):
    keys = f'<Gather action="{line.url("/keys")}"><Say>Tekan</Say></Gather>'
    line.answers("", keys, "<Say>Sampai jumpa</Say>")

    line.dials()
    line.comes_to("keys")
    line.does("wait")

    assert line.comes_to("ended") == ["say Tekan", "say Sampai jumpa"]
    assert line.gateway.on(VOICE + "/keys") == []


def test_who_hangs_up_while_speaking_is_recorded(line):
    line.answers("", line.record(), "<Say>x</Say>")
    line.answers("/action", "<Say>Tidak terdengar lagi</Say>")

    line.dials()
    line.comes_to("recording")
    line.does("speak", hangs_up=True)

    assert line.comes_to("ended") == ["beep"]
    (action,) = line.forms("/action")
    assert (action["CallStatus"], action["Digits"]) == ("completed", "hangup")
    assert line.forms("/recording")[0]["RecordingStatus"] == "completed"


def test_who_hangs_up_before_speaking_leaves_an_absent_recording(line):
    line.answers("", line.record(), "<Say>x</Say>")

    line.dials()
    line.comes_to("recording")
    line.does("hang_up")

    assert line.comes_to("ended") == ["beep"]
    assert line.forms("/recording")[0]["RecordingStatus"] == "absent"


def test_the_announcement_can_overtake_the_action(line):
    line.answers("", line.record(), "<Say>x</Say>")
    line.answers("/action", "<Hangup/>")

    line.dials()
    line.comes_to("recording")
    line.does("speak", announced_first=True)
    line.comes_to("ended")

    paths = [one.path for one in line.gateway.heard if one.path != VOICE]
    assert paths == [f"{VOICE}/recording", f"{VOICE}/action"]


def test_a_withheld_number_is_shown_as_twilio_shows_it(line):
    line.answers("", "<Hangup/>")

    line.dials(withheld=True)
    line.comes_to("ended")

    assert line.forms("")[0]["From"] == "+266696687"


def test_recordings_and_calls_are_given_to_the_account_alone(line):
    line.answers("", line.record(), "<Say>x</Say>")
    line.answers("/action", "<Hangup/>")
    line.dials()
    line.comes_to("recording")
    line.does("speak")
    (action,) = line.forms("/action")
    base = f"{line.stage.url}/2010-04-01/Accounts/{AUTH[0]}"

    name = action["RecordingSid"]
    sound = requests.get(f"{base}/Recordings/{name}", auth=AUTH, timeout=5)
    call = requests.get(f"{base}/Calls/{line.sid}.json", auth=AUTH, timeout=5).json()

    with wave.open(BytesIO(sound.content)) as opened:
        assert opened.getframerate() == 8000
    assert call["from"] == "+6281255501001"
    assert requests.get(f"{base}/Recordings/{name}.wav", auth=AUTH, timeout=5).ok
    assert requests.get(f"{base}/Recordings/{name}", timeout=5).status_code == 401
    assert requests.get(f"{base}/Calls/{line.sid}.json", timeout=5).status_code == 401
    assert requests.get(f"{base}/Calls/CA0.json", auth=AUTH, timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"verbs": "<Sing>la</Sing>"}, "12200"),
        ({"verbs": "<Say>x</Say>", "headers": {"Content-Type": "text/html"}}, "12300"),
        ({"verbs": "<Say>", "headers": XML}, "12100"),
        ({"verbs": "<Hangup/>", "status": 500}, "11200"),
        ({"verbs": "<Redirect>http://127.0.0.1:9/x</Redirect>"}, "11100"),
    ],
)
def test_an_answer_that_twilio_could_not_play_ends_the_call_with_its_code(line, answer, code):
    line.answers("", answer.pop("verbs"), **answer)

    line.dials()
    line.comes_to("ended")

    assert line.error.startswith(code)


def test_a_call_that_goes_round_in_circles_ends(line):
    for _ in range(120):
        line.answers("", f"<Redirect>{line.url('')}</Redirect>")

    line.dials()
    line.comes_to("ended")

    assert "circles" in line.error


def test_what_the_call_does_not_wait_for_is_refused(line):
    line.answers("", line.record(), "<Say>x</Say>")
    line.dials()
    line.comes_to("recording")

    assert line.refused("press", key="1")
    assert line.refused("sing")
    assert (
        requests.post(f"{line.stage.url}/api/citizens/salmah/calls", json={}, timeout=5).status_code
        == 422
    )
    line.does("hang_up")
    line.comes_to("ended")
    assert line.refused("speak")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Halo",
        b"<Response>Halo</Response>",
        b"<Response><Say></Say></Response>",
        b'<Response><Say colour="red">x</Say></Response>',
        b"<Response><Say>x</Say>y</Response>",
        b"<Response><Pause>x</Pause></Response>",
        b'<Response><Pause length="two"/></Response>',
        b'<Response><Pause length="3600"/></Response>',
        b"<Response><Redirect>/voice</Redirect></Response>",
        b'<Response><Record action="x"/></Response>',
        b"<Response><Say><Say>x</Say></Say></Response>",
        b"<Response><Gather><Record/></Gather></Response>",
        b'<Response><Redirect method="PUT">http://a/b</Redirect></Response>',
        b"<!DOCTYPE x><Response/>",
        b"<Answer/>",
    ],
)
def test_twiml_is_read_strictly(content):
    with pytest.raises(TwimlError):
        read_twiml(content, "text/xml; charset=utf-8")


def test_an_empty_answer_is_twiml():
    assert read_twiml(b"<Response/>", "application/xml") == ()
