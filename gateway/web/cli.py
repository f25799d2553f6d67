"""`flask --app wsgi users create | list | password | reset-second-step | oidc`."""

import click
from flask import Blueprint

from gateway.accounts import accounts, oidc, second_step
from gateway.accounts.accounts import Role
from gateway.errors import InvalidInputError, NotFoundError
from gateway.web.access import runtime

blueprint = Blueprint("users", __name__, cli_group="users")

_password = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 8 letters."
)


@blueprint.cli.command("create")
@click.argument("username")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--pd", "pd_code", default=None, help="Code of the perangkat daerah, for PD roles.")
@_password
def create(username: str, name: str, role: str, pd_code: str | None, password: str) -> None:
    """Create an account."""
    try:
        accounts.create_user(runtime(), username, name, Role(role), password, pd_code)
    except InvalidInputError as error:
        raise click.ClickException(" ".join(error.problems.values())) from None
    click.echo(f"Akun {username} dibuat.")


@blueprint.cli.command("list")
def list_accounts() -> None:
    """List all accounts."""
    for account in accounts.list_users(runtime()):
        state = "" if account.active else " (nonaktif)"
        pd = account.pd_code or "-"
        click.echo(f"{account.username}\t{account.role.value}\t{pd}\t{account.name}{state}")


@blueprint.cli.command("password")
@click.argument("username")
@_password
def password(username: str, password: str) -> None:
    """Give an account a new password; its sessions end."""
    try:
        accounts.set_password(runtime(), username, password)
    except NotFoundError:
        raise click.ClickException(f"Tidak ada akun {username}.") from None
    except InvalidInputError as error:
        raise click.ClickException(" ".join(error.problems.values())) from None
    click.echo(f"Kata sandi {username} diganti.")


@blueprint.cli.command("reset-second-step")
@click.argument("username")
def reset_second_step(username: str) -> None:
    """Take the second step of an account away whose telephone is lost; its sessions end."""
    try:
        second_step.reset(runtime(), None, username)
    except NotFoundError:
        raise click.ClickException(f"Tidak ada akun {username}.") from None
    click.echo(f"Langkah kedua {username} diatur ulang.")


@blueprint.cli.command("oidc")
@click.argument("username")
@click.argument("login", default="")
def connect_oidc(username: str, login: str) -> None:
    """Connect an account with a login at the OpenID provider; without LOGIN, end that."""
    try:
        oidc.connect(runtime(), None, username, login)
    except NotFoundError:
        raise click.ClickException(f"Tidak ada akun {username}.") from None
    except InvalidInputError as error:
        raise click.ClickException(" ".join(error.problems.values())) from None
    click.echo(f"Akun {username}: {'dihubungkan' if login else 'tidak lagi dihubungkan'}.")
