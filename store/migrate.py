"""Bring a database to the newest schema, from the command line or from `make run`."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for the database at `url` (`postgresql://…`)."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    driver_url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    config.set_main_option("sqlalchemy.url", driver_url.replace("%", "%%"))
    return config


def upgrade(url: str) -> None:
    """Apply all migrations that the database does not have yet."""
    command.upgrade(alembic_config(url), "head")
