"""`flask --app wsgi tenant export | import`."""

from pathlib import Path

import click
from flask import Blueprint

from gateway.errors import InvalidInputError
from gateway.settings import tenant_transfer
from gateway.web.access import runtime

blueprint = Blueprint("tenant", __name__, cli_group="tenant")


@blueprint.cli.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path | None) -> None:
    """Write the government's settings as TOML, to FILE or to the screen."""
    text = tenant_transfer.export(runtime())
    if file is None:
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")
    click.echo(f"Tersimpan di {file}.")


@blueprint.cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bring_in(file: Path) -> None:
    """Make the settings those of FILE; every change is in the history."""
    try:
        changed = tenant_transfer.bring_in(runtime(), file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise click.ClickException("Berkas ini bukan teks UTF-8.") from None
    except InvalidInputError as error:
        raise click.ClickException(" ".join(error.problems.values())) from None
    click.echo(f"{changed} pengaturan berubah." if changed else "Tidak ada yang berubah.")
