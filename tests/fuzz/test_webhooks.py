"""A few hundred damaged webhooks for each provider; the program itself bites and can be resumed."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from channels.message import ChannelName
from channels.registry import PROVIDERS
from local.postgres import PostgresServer
from tests.conformance.conftest import TEMPLATE, keys
from tests.conformance.service import Service, running
from tests.fuzz.cases import load_finding, smaller, sources
from tests.fuzz.webhooks import Run, Tally, fuzz

__all__ = ["keys"]

SOURCES = sources()
BODIES = 200


@pytest.fixture(scope="module")
def services(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, keys
) -> Iterator[Mapping[str, Service]]:
    """The app for every provider, each on a database of its own."""
    home, started, open_now = tmp_path_factory.mktemp("fuzz"), {}, []
    for provider, source in SOURCES.items():
        name = f"fuzz_{provider}"
        postgres_server.create_database(name, TEMPLATE)
        context = running(source.payloads, postgres_server.url(name), home / name, keys)
        started[provider] = context.__enter__()
        open_now.append(context)
    yield started
    for provider, context in zip(SOURCES, open_now, strict=True):
        context.__exit__(None, None, None)
        postgres_server.drop_database(f"fuzz_{provider}")


def run_of(provider: str, services: Mapping[str, Service], home: Path) -> Run:
    return Run(SOURCES[provider], services[provider], "uji", "app", home)


def test_every_provider_of_the_registry_has_webhooks_to_damage():
    assert set(SOURCES) == set(PROVIDERS)


@pytest.mark.journey
@pytest.mark.parametrize("provider", SOURCES)
def test_no_damaged_webhook_is_lost_or_answered_5xx(provider, services, tmp_path):
    tally = Tally()

    run_of(provider, services, tmp_path).go(range(BODIES), tally)

    assert tally.faults == {}
    assert tally.done == BODIES
    assert tally.statuses[200] > BODIES // 4  # most reach the parser and are taken
    assert tally.statuses[403] > 0  # and the forged ones do not


@pytest.mark.parametrize("provider", SOURCES)
def test_a_number_names_the_same_request_for_ever(provider):
    source = SOURCES[provider]

    calls = [source.damaged("uji", number).call for number in range(40)]

    assert calls == [source.damaged("uji", number).call for number in range(40)]
    assert calls != [source.damaged("lain", number).call for number in range(40)]


def test_a_fault_is_found_cut_down_and_can_be_sent_again(services, tmp_path):
    service, source = services["telegram"], SOURCES["telegram"]
    adapter = service.runtime.channels[ChannelName.TELEGRAM]

    class Fragile:
        """Reads like the real one, until a word comes up."""

        def __getattr__(self, name):
            return getattr(adapter, name)

        def parse(self, request):
            if b"message_id" in request.body:
                raise ZeroDivisionError
            return adapter.parse(request)

    channels = {**service.runtime.channels, ChannelName.TELEGRAM: Fragile()}
    broken = dataclasses.replace(
        service, runtime=dataclasses.replace(service.runtime, channels=channels)
    )
    run, tally = Run(source, broken, "uji", "parse", tmp_path), Tally()

    run.go(range(3), tally)

    assert tally.faults["an adapter crashed"] == len(tally.findings) > 0
    least = load_finding(tally.findings[0])
    assert run.one(least) == (None, ["an adapter crashed"])
    assert len(least.call.body) < 40
    assert run_of("telegram", services, tmp_path).one(least)[1] == []


def test_what_was_answered_but_not_kept_is_noticed(services, tmp_path):
    service, source = services["kannel"], SOURCES["kannel"]

    class Forgetful:
        """A client behind which nobody keeps anything."""

        def open(self, *_, **__):
            return self

        status_code = 200

    run = dataclasses.replace(
        run_of("kannel", services, tmp_path),
        service=dataclasses.replace(service, client=Forgetful()),
    )
    damaged = next(one for number in range(50) if (one := source.damaged("uji", number)).genuine)

    assert run.one(damaged) == (200, ["kept 0 times, or not as it came"])


def test_cutting_down_ends_at_what_is_needed():
    source = SOURCES["meta"]
    damaged = source.with_body(source.damaged("uji", 1), b"aaaa rusak bbbbbbbbbbbbbbbbbb")

    least = smaller(source, damaged, lambda one: b"rusak" in one.call.body)

    assert least.call.body == b"rusak"


def test_ctrl_c_says_where_to_go_on(services, tmp_path, capsys):
    run = run_of("voice", services, tmp_path)
    source, taken = run.source, []

    class Interrupted:
        """The person at the keyboard has seen enough at the fourth request."""

        provider, payloads = source.provider, source.payloads

        def damaged(self, seed, number):
            taken.append(number)
            if len(taken) == 4:
                raise KeyboardInterrupt
            return source.damaged(seed, number)

    with pytest.raises(SystemExit) as ended:
        fuzz(dataclasses.replace(run, source=Interrupted()), range(10, 99))

    assert ended.value.code == 130
    assert "--provider voice --seed uji --start 13" in capsys.readouterr().out
