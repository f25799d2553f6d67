"""Telephone calls: the phone dials, hears what the gateway's TwiML says, speaks, presses keys."""

from collections.abc import Callable

from sandbox.call_wire import WITHHELD, Call, CallWire, Form
from sandbox.draft import RefusedError
from sandbox.inbound import Outgoing
from sandbox.people import Citizen
from sandbox.thread import StoredFile
from sandbox.twiml import TwimlError, Verb
from sandbox.world import World, random_id

_MOST_STEPS = 100
_MOST_HEARD = 200
_OVERTAKEN_S = 0.5


class Calls:
    """Every call, and Twilio's part in it. Pauses are real; speaking takes no time."""

    def __init__(self, world: World, outgoing: Outgoing) -> None:
        self._world = world
        self.wire = CallWire(world, outgoing)
        self._calls: dict[str, Call] = {}

    def forget(self) -> None:
        """Drop all calls."""
        with self._world.lock:
            self._calls.clear()

    def find(self, sid: str) -> Call | None:
        """The call of this name."""
        return self._calls.get(sid)

    def of(self, citizen: Citizen) -> list[Call]:
        """The calls of a citizen, oldest first."""
        with self._world.lock:
            return [call for call in self._calls.values() if call.citizen.id == citizen.id]

    def recording(self, recording_id: str) -> StoredFile | None:
        """The sound of a recording."""
        with self._world.lock:
            found = (call.recordings.get(recording_id) for call in self._calls.values())
            return next((one for one in found if one is not None), None)

    def dial(self, citizen: Citizen, *, withheld: bool = False) -> Call:
        """Call the government.

        Raises:
            RefusedError: this citizen is in a call already.
        """
        number = WITHHELD if withheld else citizen.phone
        call = Call(random_id("CA"), citizen, number, self._world.clock.now())
        with self._world.lock:
            if any(one.state != "ended" for one in self.of(citizen)):
                raise RefusedError("Warga ini sedang menelepon.")
            self._calls[call.sid] = call
        ringing = {"CallStatus": "ringing"}
        self._later(lambda: self._follow(call, self.wire.first_url, ringing))
        return call

    def speak(
        self,
        call: Call,
        sound: StoredFile | None,
        *,
        hangs_up: bool = False,
        announced_first: bool = False,
    ) -> None:
        """Speak after the tone; without `sound` stay silent.

        Args:
            call: that waits after the tone.
            sound: what is recorded.
            hangs_up: end the call instead of pressing the hash key.
            announced_first: let the status callback overtake the action.

        Raises:
            RefusedError: nobody records now.
        """
        verb = self._take(call, "recording", "Sedang tidak merekam.")
        if sound is None:
            self.wire.report(call, verb, random_id("RE"), None)
            self._end(call) if hangs_up else self._later(lambda: self._play(call))
            return
        recording_id = random_id("RE")
        with self._world.lock:
            call.recordings[recording_id] = sound
            self._world.files[sound.id] = sound
        if announced_first:
            self.wire.report(call, verb, recording_id, sound)
        form = self.wire.recorded(recording_id, sound)
        form |= {"Digits": "hangup", "CallStatus": "completed"} if hangs_up else {"Digits": "#"}
        action = verb.attributes.get("action", self.wire.first_url)

        def go_on() -> None:
            self._follow(call, action, form)
            if not announced_first:
                self.wire.report(call, verb, recording_id, sound)

        self._world.dispatcher.after(_OVERTAKEN_S if announced_first else 0, go_on)

    def press(self, call: Call, digit: str) -> None:
        """Press a key while one is waited for; an empty `digit` lets the time run out.

        Raises:
            RefusedError: nobody waits for a key.
        """
        if digit and digit not in "0123456789*#":
            raise RefusedError("Tombol itu tidak ada.")
        verb = self._take(call, "keys", "Tidak ada yang menunggu tombol.")
        if not digit:
            self._later(lambda: self._play(call))
            return
        action = verb.attributes.get("action", self.wire.first_url)
        self._later(lambda: self._follow(call, action, {"Digits": digit}))

    def hang_up(self, call: Call) -> None:
        """End the call; what was not spoken is not recorded."""
        with self._world.lock:
            verb = call.waiting if call.state == "recording" else None
        self._end(call)
        if verb is not None:
            self.wire.report(call, verb, random_id("RE"), None)

    # What the gateway answers

    def _follow(self, call: Call, url: str, more: Form) -> None:
        """Ask an address of the gateway and do what it answers."""
        with self._world.lock:
            call.steps += 1
        if call.steps > _MOST_STEPS:
            self._fail(call, TwimlError(12200, "the call goes round in circles"))
            return
        try:
            verbs = self.wire.ask(call, url, more)
        except TwimlError as error:
            self._fail(call, error)
            return
        with self._world.lock:
            call.left = verbs
        if more.get("CallStatus") == "completed":
            self._end(call)
        else:
            self._play(call)

    def _play(self, call: Call) -> None:
        """Do the verbs in their order until one waits."""
        while call.state != "ended":
            with self._world.lock:
                if not call.left:
                    break
                verb, call.left = call.left[0], call.left[1:]
            if self._do(call, verb):
                return
        self._end(call)

    def _do(self, call: Call, verb: Verb) -> bool:
        """Do one verb; say whether the call goes on later and elsewhere."""
        self._hear(call, verb)
        if verb.name == "Pause":
            seconds = verb.number("length", 1) * self._world.settings.pause_scale
            self._world.dispatcher.after(seconds, lambda: self._play(call))
        elif verb.name == "Redirect":
            self._later(lambda: self._follow(call, verb.text, {}))
        elif verb.name == "Hangup":
            self._end(call)
        elif verb.name in ("Record", "Gather"):
            self._wait(call, verb)
        else:
            return False
        return True

    def _hear(self, call: Call, verb: Verb) -> None:
        said = verb.children or (verb,)
        lines = [(one.name.lower(), one.text) for one in said if one.name in ("Say", "Play")]
        if verb.name == "Record" and verb.attributes.get("playBeep", "true") == "true":
            lines.append(("beep", ""))
        with self._world.lock:
            call.heard = (call.heard + lines)[-_MOST_HEARD:]
        self._world.touch()

    def _wait(self, call: Call, verb: Verb) -> None:
        with self._world.lock:
            if call.state != "ended":
                call.state = "recording" if verb.name == "Record" else "keys"
                call.waiting = verb
        self._world.touch()

    def _take(self, call: Call, state: str, refusal: str) -> Verb:
        with self._world.lock:
            verb = call.waiting
            if call.state != state or verb is None:
                raise RefusedError(refusal)
            call.state, call.waiting = "talking", None
        self._world.touch()
        return verb

    def _end(self, call: Call) -> None:
        with self._world.lock:
            call.state, call.waiting, call.left = "ended", None, ()
        self._world.touch()

    def _fail(self, call: Call, error: TwimlError) -> None:
        """Twilio says "an application error has occurred" and hangs up."""
        call.error = str(error)
        self.wire.log(call, "panggilan", f"galat {error}", good=False)
        self._end(call)

    def _later(self, action: Callable[[], None]) -> None:
        self._world.touch()
        self._world.dispatcher.after(0, action)
