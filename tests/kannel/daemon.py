"""The real Kannel, started from the files that config/examples/kannel ships."""

import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from local.kannel import KannelPrograms
from local.server_process import Program, ServerProcess
from tests.live import eventually

EXAMPLES = Path(__file__).parents[2] / "config" / "examples" / "kannel"
KEY = "kunci-uji-kannel-bukan-rahasia"
USER, PASSWORD, _ADMIN = "sahut", "sandi-kirim-uji", "sandi-admin-uji"
NUMBER = "1708"
_HEARD = re.compile(r"Got message \d+: <(?P<line>.*)>")
# The stand-in for a modem; every other line of the configuration is the shipped one.
FAKE_CONNECTION = """
group = smsc
smsc = fake
smsc-id = modem
allowed-smsc-id = modem
port = {port}
connect-allow-ip = 127.0.0.1
"""


@dataclass
class Phone:
    """fakesmsc: what a citizen writes, and what arrives on the phone."""

    program: str
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    heard_before: list[str] = field(default_factory=list)

    def writes(self, *messages: str) -> None:
        """Send messages of the form ``sender receiver type content``, one after the other."""
        for message in messages:
            self._connect(["-m", "1", message])
            eventually(lambda: "sent message 1" in self._text(), f"fakesmsc sends {message[:20]}")

    def listens(self) -> None:
        """Be in the network without writing anything."""
        self._connect(["-m", "0", f"0 {NUMBER} text unsent"])

    def heard(self) -> list[str]:
        """Return what arrived so far, as ``sender receiver type content``.

        fakesmsc writes binary content the way addresses do.
        """
        return self.heard_before + [match["line"] for match in _HEARD.finditer(self._text())]

    def switch_off(self) -> None:
        """Leave the network."""
        if self.process is not None:
            self.heard_before = self.heard()
            self.process.kill()
            self.process.wait()
            self.process = None

    def _connect(self, arguments: list[str]) -> None:
        self.switch_off()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.program, "-H", "127.0.0.1", "-r", str(self.port), "-i", "0.1", *arguments],
                stdout=log,
                stderr=log,
            )

    def _text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@dataclass
class Kannel:
    """bearerbox and smsbox on ports of their own.

    Attributes:
        home: store, reports, logs and configuration.
        ports: of admin, boxes, sendsms and the fake connection.
    """

    programs: KannelPrograms
    home: Path
    ports: tuple[int, int, int, int]
    phone: Phone
    boxes: dict[str, ServerProcess] = field(default_factory=dict)

    @property
    def sendsms_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[2]}/cgi-bin/sendsms"

    def start(self, *names: str) -> None:
        """Start ``bearerbox`` and then ``smsbox``, or those named."""
        for name in names or ("bearerbox", "smsbox"):
            command = [getattr(self.programs, name), "-v", "4", str(self.home / "kannel.conf")]
            output = self.home / f"{name}.out"
            program = Program(name, command, output, stop_signal=signal.SIGTERM)
            self.boxes[name] = ServerProcess(program)
            self.boxes[name].wait_until(self._box_is_up if name == "smsbox" else self._is_up)

    def kill(self, *names: str) -> None:
        """End both, or those named, as a power cut would."""
        for name in names or ("smsbox", "bearerbox"):
            if name in self.boxes:
                self.boxes.pop(name).kill()

    def status(self) -> str:
        """Return bearerbox's own status page; empty while it does not answer."""
        url = f"http://127.0.0.1:{self.ports[0]}/status.txt?password={_ADMIN}"
        try:
            with urlopen(url, timeout=5) as answer:
                return str(answer.read().decode(errors="replace"))
        except (URLError, ConnectionError, TimeoutError):
            return ""

    def printed(self) -> str:
        """Return everything that the daemons wrote down."""
        files = [*self.home.glob("*.log"), *self.home.glob("*.out")]
        return "".join(file.read_text(errors="replace") for file in files)

    def _is_up(self) -> bool:
        return "Status: running" in self.status()

    def _box_is_up(self) -> bool:
        return "smsbox:" in self.status()


@contextmanager
def running_kannel(
    programs: KannelPrograms,
    home: Path,
    ports: tuple[int, int, int, int],
    web_origin: str,
    connection: str = FAKE_CONNECTION,
) -> Iterator[Kannel]:
    """Start a Kannel that hands messages to `web_origin`; it ends with the test."""
    phone = Phone(programs.fakesmsc, ports[3], home / "phone.out")
    kannel = Kannel(programs, home, ports, phone)
    for folder in ("store", "dlr"):
        (home / folder).mkdir(parents=True)
    (home / "smsc.conf").write_text(connection.format(port=ports[3]))
    (home / "kannel.conf").write_text(_configuration(home, ports, web_origin))
    try:
        kannel.start()
        yield kannel
    finally:
        phone.switch_off()
        kannel.kill()
        shutil.rmtree(home, ignore_errors=True)


def adapted(text: str, replacements: Mapping[str, str]) -> str:
    """Fill in an example; everything that is replaced must stand there."""
    for written, wanted in replacements.items():
        assert written in text, f"{written} is no longer in the example"
        text = text.replace(written, wanted)
    return text


def _configuration(home: Path, ports: tuple[int, int, int, int], web_origin: str) -> str:
    admin, boxes, sendsms, _ = ports
    return adapted(
        (EXAMPLES / "kannel.conf").read_text(),
        {
            "/etc/kannel/smsc.conf": str(home / "smsc.conf"),
            "/var/spool/kannel/": f"{home}/",
            "/var/log/kannel/": f"{home}/",
            "admin-port = 13000": f"admin-port = {admin}",
            "smsbox-port = 13001": f"smsbox-port = {boxes}",
            "sendsms-port = 13013": f"sendsms-port = {sendsms}",
            "http://127.0.0.1:8080": web_origin,
            "ADMIN-PASSWORD": _ADMIN,
            "SENDSMS-PASSWORD": PASSWORD,
            "WEBHOOK-KEY": KEY,
        },
    )


def four_ports() -> tuple[int, int, int, int]:
    """Four TCP ports on loopback that nobody listens on right now, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(4)]
        first, second, third, fourth = (probe.getsockname()[1] for probe in probes)
    return first, second, third, fourth
