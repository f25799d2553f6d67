"""Give an empty database the government and three officers: `python -m tests.seed`.

A process of its own, because the keys of a service are made and installed by whoever comes first.
"""

from datetime import UTC, datetime

from channels.registry import close_channels
from config.settings import load_settings
from gateway.accounts import accounts
from gateway.accounts.accounts import Role
from gateway.boot import build_runtime, seed_tenant

PASSWORD = "kata-sandi-uji-coba"
PD = "DPUPR"
OFFICERS = (
    ("diskominfo", "Rina Admin", Role.ADMIN_DISKOMINFO, None),
    ("petugas", "Lina Petugas", Role.PETUGAS_PD, PD),
    ("tetangga", "Joko Tetangga", Role.PETUGAS_PD, "DISHUB"),
)


def main() -> None:
    """Seed the database that the environment names."""
    settings = load_settings()
    runtime = build_runtime(settings)
    try:
        year = datetime.now(UTC).year
        seed_tenant(runtime.transaction, settings.tenant, (year, year + 1))
        for username, name, role, pd in OFFICERS:
            accounts.create_user(runtime, username, name, role, PASSWORD, pd)
    finally:
        close_channels(runtime.channels)


if __name__ == "__main__":
    main()
