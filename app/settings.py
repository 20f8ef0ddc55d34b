"""Settings of the installation, read once from `AUDITREADY_*`; unknown names are refused so that a typo is seen."""

import os
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import Invalid

PREFIX = "AUDITREADY_"
NOT_SETTINGS = frozenset({"SERVER", "TOKEN", "USER", "PASSWORD", "LANGUAGE", "PROGRAMME", "ORGANISATION"})
"""Names of the same prefix that the command line reads as options' defaults."""


class Settings(BaseSettings):
    """Where things are and how large they may be; frozen."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    data_folder: Path = Field(Path("data"), description="Folder of the database; made by `auditready init`.")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data folder.")
    blob_folder: Path | None = Field(
        None, description="Folder of the blob store; empty means `evidence` in the data folder."
    )
    max_file_bytes: int = Field(1 << 30, gt=0, description="Largest file that is accepted, in bytes.")
    max_body_bytes: int = Field(2 << 20, gt=0, description="Largest JSON body that is accepted, in bytes.")
    password_memory_kib: int = Field(65536, ge=32, description="Memory of one Argon2 hash, in KiB.")
    session_hours: int = Field(12, gt=0, le=720, description="How long a token from a sign-in lasts.")

    @field_validator("data_folder", "blob_folder")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @classmethod
    def load(cls, **given: object) -> Self:
        """Read the environment; `given` values come first. Raises Invalid that names the setting at fault."""
        known = {PREFIX + name.upper() for name in cls.model_fields} | {PREFIX + name for name in NOT_SETTINGS}
        given_names = {name for name in os.environ if name.upper().startswith(PREFIX)}  # pydantic reads any case
        unknown = sorted(name for name in given_names if name.upper() not in known)
        if unknown:
            raise Invalid("Unknown settings in the environment: {names}. Correct or unset them.", names=tuple(unknown))
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + ".".join(str(part) for part in first["loc"]).upper()
            raise Invalid("Setting {name}: {why}.", name=name, why=first["msg"], field=name) from error

    @property
    def resolved_database_url(self) -> str:
        """The URL given, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_folder / 'auditready.sqlite3'}"

    @property
    def resolved_blob_folder(self) -> Path:
        """The folder given, or `evidence` in the data folder."""
        return self.blob_folder or self.data_folder / "evidence"
