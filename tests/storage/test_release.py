"""Bytes that were kept for something that came to nothing: gone, unless anything at all still names them."""

import pytest
from sqlalchemy import func, select

from app.storage.files import NewFile
from app.storage.models import StoredBlob
from app.storage.service import Trouble, keep, release, remember, remove_unnamed
from tests.builders import AT, House, effective_document, some_evidence


def kept(house: House, *contents: bytes) -> list[NewFile]:
    """Store bytes and note that rows will name them."""
    files = [house.file(content) for content in contents]
    keep(house.session, [file.blob for file in files], at=AT)
    return files


def hashes(files: list[NewFile]) -> list[str]:
    return [file.blob.sha256 for file in files]


def test_only_what_no_row_names_is_forgotten(house: House) -> None:
    loose, in_evidence, damaged = kept(house, b"loose", b"in evidence", b"damaged")
    some_evidence(house, files=[in_evidence])
    effective_document(house)  # its text is `policy`
    in_document = house.file(b"policy")
    remember(house.session, [Trouble(damaged.blob.sha256, "gone")], at=AT)
    named = hashes([in_evidence, in_document, damaged])
    assert release(house.session, [*named, loose.blob.sha256, loose.blob.sha256, "f" * 64]) == [loose.blob.sha256]
    assert {*named} <= set(house.session.scalars(select(StoredBlob.sha256)))
    assert loose.blob.sha256 not in set(house.session.scalars(select(StoredBlob.sha256)))


def test_thousands_are_forgotten_too(house: House) -> None:
    rows = [{"sha256": f"{number:064x}", "size_bytes": 1, "stored_at": AT} for number in range(1200)]
    house.session.execute(StoredBlob.__table__.insert(), rows)  # type: ignore[attr-defined]
    assert len(release(house.session, [row["sha256"] for row in rows])) == 1200  # type: ignore[misc]
    assert house.session.scalar(select(func.count()).select_from(StoredBlob)) == 0


@pytest.mark.only("sqlite")
def test_forgotten_bytes_are_removed_unless_somebody_names_them_meanwhile(house: House) -> None:
    loose, again = kept(house, b"loose", b"again")
    gone = release(house.session, hashes([loose, again]))
    keep(house.session, [again.blob], at=AT)
    house.session.commit()
    remove_unnamed(house.database, house.blobs, gone)
    assert house.blobs.size_of(loose.blob.sha256) is None
    assert house.blobs.size_of(again.blob.sha256) == 5
    remove_unnamed(house.database, house.blobs, gone)
