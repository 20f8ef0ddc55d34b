"""Bytes on disk: whole or not there, named by their hash, and never handed out altered."""

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Damaged, TooLarge, Unavailable
from app.storage.blobs import CHUNK_BYTES, Blob, LocalBlobs
from tests.builders import LIMIT_BYTES, some_blobs


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    """An empty store."""
    return some_blobs(tmp_path)


def put(blobs: LocalBlobs, content: bytes) -> Blob:
    """Store some bytes."""
    return blobs.put(io.BytesIO(content))


def files(blobs: LocalBlobs) -> list[Path]:
    """Return every file in the store, drafts too."""
    return sorted(path for path in blobs.root.rglob("*") if path.is_file())


def overwrite(blobs: LocalBlobs, blob: Blob, content: bytes) -> None:
    """Harm stored bytes behind the store's back."""
    path = blobs.path(blob.sha256)
    path.chmod(0o640)
    path.write_bytes(content)


class Dribble(io.RawIOBase):
    """A source that gives a few bytes at a time and then breaks."""

    def __init__(self, pieces: int) -> None:
        self.left = pieces

    def read(self, _size: int = -1) -> bytes:
        """Give 1000 bytes, or break."""
        if not self.left:
            raise ConnectionResetError
        self.left -= 1
        return b"x" * 1000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=200))
def test_what_is_put_is_what_is_read_and_its_name_is_its_hash(blobs: LocalBlobs, content: bytes) -> None:
    blob = put(blobs, content)
    assert blob == Blob(hashlib.sha256(content).hexdigest(), len(content))
    assert b"".join(blobs.read(blob)) == content


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 7])
def test_any_size_around_a_chunk_comes_back_whole(blobs: LocalBlobs, size: int) -> None:
    content = os.urandom(size)
    chunks = list(blobs.read(put(blobs, content)))
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) <= CHUNK_BYTES


def test_the_same_bytes_are_stored_once(blobs: LocalBlobs) -> None:
    assert put(blobs, b"same") == put(blobs, b"same")
    assert len(files(blobs)) == 1
    assert list(blobs.sizes()) == [put(blobs, b"same")]


def test_a_file_of_exactly_the_limit_is_kept_and_one_byte_more_leaves_nothing(tmp_path: Path) -> None:
    blobs = some_blobs(tmp_path, limit_bytes=10)
    with pytest.raises(TooLarge):
        put(blobs, b"x" * 11)
    assert files(blobs) == []
    assert put(blobs, b"x" * 10).size_bytes == 10


def test_a_source_that_breaks_leaves_nothing(blobs: LocalBlobs) -> None:
    with pytest.raises(ConnectionResetError):
        blobs.put(Dribble(5))  # type: ignore[arg-type]
    assert files(blobs) == []


def test_a_draft_that_is_left_without_finishing_leaves_nothing(blobs: LocalBlobs) -> None:
    with blobs.draft() as draft:
        draft.write(b"half of")
        assert len(files(blobs)) == 1
    assert files(blobs) == []


def test_a_draft_is_no_blob_until_it_is_finished(blobs: LocalBlobs) -> None:
    with blobs.draft() as draft:
        draft.write(b"content")
        assert list(blobs.sizes()) == []
        blob = draft.finish()
    assert list(blobs.sizes()) == [blob]
    assert list(blobs.incoming.iterdir()) == []


@pytest.mark.parametrize("size", [10, CHUNK_BYTES, 3 * CHUNK_BYTES])
def test_altered_bytes_are_never_handed_out_whole(blobs: LocalBlobs, size: int) -> None:
    content = os.urandom(size)
    blob = put(blobs, content)
    for position in (0, size // 2, size - 1):
        overwrite(blobs, blob, content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        got, damaged = drained(blobs.read(blob))
        assert damaged
        assert len(got) < size


@pytest.mark.parametrize("harm", [b"", b"12345678", b"1234567890"])
def test_bytes_that_were_cut_off_or_have_grown_are_damaged_before_the_first_is_read(
    blobs: LocalBlobs, harm: bytes
) -> None:
    blob = put(blobs, b"123456789")
    overwrite(blobs, blob, harm)
    assert drained(blobs.read(blob)) == (b"", True)


def test_bytes_that_are_gone_are_damaged(blobs: LocalBlobs) -> None:
    blob = put(blobs, b"content")
    blobs.path(blob.sha256).unlink()
    assert blobs.size_of(blob.sha256) is None
    assert drained(blobs.read(blob)) == (b"", True)


def test_putting_the_original_again_repairs(blobs: LocalBlobs) -> None:
    blob = put(blobs, b"content")
    overwrite(blobs, blob, b"CONTENT")
    assert put(blobs, b"content") == blob
    assert b"".join(blobs.read(blob)) == b"content"


def test_nobody_else_on_the_machine_can_read_or_change_what_is_stored(blobs: LocalBlobs) -> None:
    path = blobs.path(put(blobs, b"content").sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    for folder in (path.parent, blobs.incoming):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o007 == 0


def test_the_same_bytes_put_by_many_at_once_are_there_once_and_whole(blobs: LocalBlobs) -> None:
    content = os.urandom(300_000)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: put(blobs, content), range(24)))
    assert len(found) == 1
    assert len(files(blobs)) == 1
    assert b"".join(blobs.read(found.pop())) == content


def test_a_store_whose_folder_is_missing_is_unavailable_and_not_made_anew(tmp_path: Path) -> None:
    missing = LocalBlobs(tmp_path / "unmounted", LIMIT_BYTES)
    with pytest.raises(Unavailable):
        missing.check()
    with pytest.raises(Unavailable):
        missing.draft()
    assert not missing.root.exists()


def test_a_store_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("not a folder")
    with pytest.raises(Unavailable):
        LocalBlobs(tmp_path / "blobs", LIMIT_BYTES).check()


def test_a_disk_that_refuses_says_unavailable_and_keeps_nothing(blobs: LocalBlobs) -> None:
    sha256 = hashlib.sha256(b"content").hexdigest()
    (blobs.root / sha256[:2]).write_text("in the way")
    with pytest.raises(Unavailable):
        put(blobs, b"content")
    assert list(blobs.incoming.iterdir()) == []


def drained(chunks: Iterator[bytes]) -> tuple[bytes, bool]:
    """Return what could be read and whether damage was reported."""
    got = b""
    try:
        for chunk in chunks:
            got += chunk
    except Damaged:
        return got, True
    return got, False
