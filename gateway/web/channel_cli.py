"""`flask --app wsgi channels list | check | connect | test`."""

import click
from flask import Blueprint

from channels.admin import Health
from channels.message import ChannelName
from gateway.errors import InvalidInputError, NotFoundError
from gateway.upkeep import channel_care, channel_health
from gateway.web.access import runtime

blueprint = Blueprint("channel_cli", __name__, cli_group="channels")

_MARKS = {Health.GOOD: "baik      ", Health.NOTE: "perhatikan", Health.BAD: "MASALAH   "}
_channel = click.argument("name", type=click.Choice([name.value for name in ChannelName]))


@blueprint.cli.command("list")
def list_channels() -> None:
    """List the channels that are switched on."""
    for one in channel_health.overview(runtime()).channels:
        click.echo(f"{one.code}\t{one.address}\t{one.state}\tmasuk {one.last_in}")
        click.echo(f"\tkeluar {one.last_out}, antre {one.waiting}, belum pasti {one.uncertain}")
        if one.pause is not None:
            click.echo(f"\t{one.pause.words}")


@blueprint.cli.command("check")
@click.argument("name", required=False, type=click.Choice([name.value for name in ChannelName]))
def check(name: str | None) -> None:
    """Ask the providers whether credentials and webhooks are right; exit 1 if one is not."""
    names = [ChannelName(name)] if name else channel_care.askable(runtime())
    bad = False
    for one in names:
        try:
            findings = channel_care.check(runtime(), one)
        except NotFoundError:
            raise click.ClickException(f"Kanal {one.value} tidak aktif.") from None
        for finding in findings:
            bad = bad or finding.health is Health.BAD
            ends = f" (sampai {finding.expires_at:%Y-%m-%d})" if finding.expires_at else ""
            click.echo(f"{one.value}\t{_MARKS[finding.health]}\t{finding.words}{ends}")
    if bad:
        raise SystemExit(1)


@blueprint.cli.command("connect")
@_channel
def connect(name: str) -> None:
    """Set up webhook and subscription at the provider, or print what to paste there."""
    try:
        lines = channel_care.connect(runtime(), ChannelName(name))
    except NotFoundError:
        raise click.ClickException(f"Kanal {name} tidak aktif.") from None
    except InvalidInputError as error:
        raise click.ClickException(" ".join(error.problems.values())) from None
    channel_care.note(runtime(), None, "channel_connected", ChannelName(name))
    for line in lines:
        click.echo(line)


@blueprint.cli.command("test")
@_channel
@click.option("--to", required=True, help="Phone number, or the user's id on the channel.")
def send_test(name: str, to: str) -> None:
    """Send a test message to one address."""
    try:
        channel_care.send_test(runtime(), ChannelName(name), to, None)
    except NotFoundError:
        raise click.ClickException(f"Kanal {name} tidak aktif.") from None
    except InvalidInputError as error:
        raise click.ClickException(" ".join(error.problems.values())) from None
    click.echo("Pesan uji diterima oleh penyedia.")
