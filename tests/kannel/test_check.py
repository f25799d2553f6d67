"""What the real Kannel answers when it is asked how it does."""

from datetime import UTC, datetime

import pytest

from channels.admin import Health
from channels.kannel import KannelAdapter
from tests.kannel.daemon import KEY, NUMBER, PASSWORD, USER, Kannel, four_ports, running_kannel
from tests.live import eventually

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def kannel(kannel_programs, kannel_home, web):
    with running_kannel(kannel_programs, kannel_home, four_ports(), web.origin) as running:
        running.phone.listens()
        eventually(lambda: "(online" in running.status(), "the modem is there")
        yield running


def adapter(kannel: Kannel, password: str = PASSWORD, smsc_id: str | None = None) -> KannelAdapter:
    return KannelAdapter(
        number=NUMBER,
        webhook_keys=(KEY,),
        sendsms_url=kannel.sendsms_url,
        username=USER,
        password=password,
        callback_base_url="http://127.0.0.1:8080",
        smsc_id=smsc_id,
        status_url=f"http://127.0.0.1:{kannel.ports[0]}/status.txt",
    )


def test_a_running_kannel_is_good_and_nothing_was_sent(kannel):
    findings = adapter(kannel, smsc_id="modem").check("https://aduan.go.id", NOW)

    assert [one.health for one in findings] == [Health.GOOD, Health.GOOD]
    assert "sent 0 (0 queued)" in kannel.status()


def test_a_wrong_password_and_a_missing_connection_are_found(kannel):
    refused = adapter(kannel, password="salah").check("https://aduan.go.id", NOW)
    missing = adapter(kannel, smsc_id="operator").check("https://aduan.go.id", NOW)

    assert [one.health for one in refused] == [Health.BAD]
    assert [one.health for one in missing] == [Health.GOOD, Health.BAD]
