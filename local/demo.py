"""Fill an empty database once: the chosen government and people to try it with.

`python -m local.demo` is run by `make run` before the web starts. The password is made up here and
kept beside the data (mode 600), because a fixed one would one day stand open on the internet.
"""

import secrets
import sys
from datetime import UTC, datetime

from channels.registry import close_channels
from config.settings import Settings, SettingsError, load_settings
from gateway.accounts import accounts
from gateway.boot import build_runtime, seed_tenant
from gateway.demo import demo
from gateway.runtime import Runtime
from local.demo_logins import DemoLogin, write_logins

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread: no i, l, o, 0, 1
_PASSWORD_LENGTH = 10


def fill(settings: Settings, runtime: Runtime) -> None:
    """Seed the government, and in the sandbox also people and cases, unless somebody is there."""
    year = datetime.now(UTC).year
    seed_tenant(runtime.transaction, settings.tenant, (year, year + 1))
    if not settings.sandbox or accounts.list_users(runtime):
        return
    password = "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))
    demo.seed(runtime, password)
    people = accounts.list_users(runtime)
    logins = [DemoLogin(one.username, password, one.role.value) for one in people]
    write_logins(settings.data_dir, logins)


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
