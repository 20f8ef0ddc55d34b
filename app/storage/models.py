"""Tables of the blob store: what is stored, and what was found damaged."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class StoredBlob(Base):
    """Bytes that some row names; written only after the bytes are durable."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    stored_at: Mapped[datetime]


class BlobDamage(Base):
    """Bytes found gone or altered at `found_at`; `repaired_at` is when the right bytes were stored again."""

    __tablename__ = "blob_damages"
    __table_args__ = (Index(None, "sha256"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    found_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(20))
    repaired_at: Mapped[datetime | None]
