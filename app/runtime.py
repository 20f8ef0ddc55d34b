"""The only place that builds things: settings in, a ready database and blob store out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text

from app import __version__
from app.catalogue.service import install_shipped
from app.checks.kept import KeptReports
from app.database import Database
from app.errors import Invalid, Unavailable
from app.settings import Settings
from app.storage.blobs import LocalBlobs

MIGRATIONS = Path(__file__).parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What use cases need beside their arguments."""

    settings: Settings
    database: Database
    blobs: LocalBlobs
    version: str = __version__
    reports: KeptReports = field(default_factory=KeptReports)


@contextmanager
def open_runtime(settings: Settings, *, at: datetime | None = None) -> Iterator[Runtime]:
    """Open the stores and close them again. With `at` an empty store is made and an old one brought up to date.

    Raises Unavailable where a store cannot be opened or, without `at`, was never made or is of another version.
    """
    database = Database(settings.resolved_database_url)
    blobs = LocalBlobs(settings.resolved_blob_folder, settings.max_file_bytes)
    try:
        if at is not None:
            _make_folders(settings)
            migrate(database)
            with database.writing() as session:
                install_shipped(session, at=at)
        else:
            _check_made(settings, database)
        blobs.check()
        yield Runtime(settings, database, blobs)
    finally:
        database.close()


def migrate(database: Database) -> None:
    """Bring the tables to the newest version; does nothing where they are."""
    database.check()
    found = schema_version(database)
    if found == newest_schema():
        return
    if found is not None and not (MIGRATIONS / "versions" / f"{found}.py").exists():
        raise Unavailable("The data is of version {found}, which this program does not know. Update it.", found=found)
    from alembic import command  # noqa: PLC0415 (slow to import and needed only for an upgrade)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def schema_version(database: Database) -> str | None:
    """Return the version of the tables, None where there are none."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def newest_schema() -> str:
    """Return the version of this program's tables: the name of the last migration, which starts with its date."""
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("*.py"))
    if not names:
        raise Unavailable("The program's migrations are missing. Install it again.")
    return names[-1]


def _make_folders(settings: Settings) -> None:
    try:
        for folder in (settings.data_folder, settings.resolved_blob_folder):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)  # hashes of passwords, evidence: not for everybody
    except OSError as error:
        raise Invalid(
            "The data folder {folder} cannot be made: {why}.", folder=settings.data_folder, why=error.strerror or error
        ) from error


def _check_made(settings: Settings, database: Database) -> None:
    if not settings.database_url and not (settings.data_folder / "auditready.sqlite3").exists():
        raise Unavailable(
            "There is no data in {folder}. Make it with `auditready init`, or name the folder with --data.",
            folder=settings.data_folder,
        )
    database.check()
    found, wanted = schema_version(database), newest_schema()
    if found != wanted:
        raise Unavailable(
            "The data is of version {found}, the program needs {wanted}. Run `auditready init` to upgrade.",
            found=found or "-",
            wanted=wanted,
        )
