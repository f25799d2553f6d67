"""Fill an empty database once: the chosen government and people to try it with.

`python -m local.demo` is run by `make run` before the web starts. Passwords are made up here and
kept beside the data (mode 600), because a fixed one would one day stand open on the internet.
"""

import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.registry import close_channels
from config.settings import Settings, SettingsError, load_settings
from gateway import accounts
from gateway.boot import build_runtime, seed_tenant
from gateway.runtime import Runtime
from local.demo_logins import write_logins

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread: no i, l, o, 0, 1
_PASSWORD_LENGTH = 10


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One login of the demo. `with_pd` gives it the first perangkat daerah of the government."""

    username: str
    name: str
    role: accounts.Role
    with_pd: bool = False


ACCOUNTS = (
    DemoAccount("diskominfo", "Rina Admin", accounts.Role.ADMIN_DISKOMINFO),
    DemoAccount("operator", "Joko Operator", accounts.Role.OPERATOR),
    DemoAccount("kepala", "Hasan Kepala", accounts.Role.KEPALA_PD, with_pd=True),
    DemoAccount("petugas", "Lina Petugas", accounts.Role.PETUGAS_PD, with_pd=True),
    DemoAccount("pimpinan", "Arif Pimpinan", accounts.Role.PIMPINAN),
    DemoAccount("sistem", "Tuti Pengelola", accounts.Role.SUPERADMIN),
)


def fill(settings: Settings, runtime: Runtime) -> None:
    """Seed the government, and in the sandbox also accounts, unless they are there already."""
    year = datetime.now(UTC).year
    seed_tenant(runtime.transaction, settings.tenant, (year, year + 1))
    if not settings.sandbox or accounts.list_users(runtime):
        return
    logins = {account.username: _password() for account in ACCOUNTS}
    _create_accounts(runtime, ACCOUNTS, logins)
    write_logins(settings.data_dir, logins)


def _create_accounts(
    runtime: Runtime, wanted: Iterable[DemoAccount], logins: dict[str, str]
) -> None:
    own = (agency.code for agency in runtime.tenant.agencies if not agency.external)
    first_pd = next(own, None)
    for account in wanted:
        accounts.create_user(
            runtime,
            account.username,
            account.name,
            account.role,
            logins[account.username],
            first_pd if account.with_pd else None,
        )


def _password() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))


def main() -> int:
    """Fill the database that the environment names."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    runtime = build_runtime(settings)
    try:
        fill(settings, runtime)
    finally:
        close_channels(runtime.channels)
    return 0


if __name__ == "__main__":
    sys.exit(main())
