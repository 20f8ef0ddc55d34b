"""The doctor: finds what is broken, puts damage on record so that checks show it, and takes it off again."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from app.checks.service import Question, check
from app.doctor import Diagnosis, examine, remove_left
from app.errors import Forbidden
from app.evidence.models import EvidenceFile
from app.identity.actor import Actor, Role
from app.journal.checkpoints import NAME
from app.journal.models import INSTALLATION, Chain, Entry
from app.programmes.models import Organisation, Programme
from app.readiness.findings import Verdict
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from app.storage.models import BlobDamage
from app.storage.service import Trouble, keep
from tests.builders import AT, F2018, INSTALLER, RECORD, accepted, some_house, somebody

HOUR = timedelta(hours=1)


@pytest.fixture
def runtime(database_url: str, tmp_path: Path) -> Iterator[Runtime]:
    """Open stores with one programme and one accepted piece of evidence."""
    settings = Settings.load(data_folder=tmp_path / "data", database_url=database_url, password_memory_kib=32)
    with open_runtime(settings, at=AT) as opened:
        with opened.database.writing() as session:
            accepted(some_house(session, opened.database, opened.blobs))
        yield opened


def examined(runtime: Runtime, *, hours: int = 1, **more: Any) -> Diagnosis:
    """Examine as the installer, so many hours after the usual moment."""
    return examine(runtime, actor=INSTALLER, at=AT + hours * HOUR, **more)


def stored(runtime: Runtime) -> Path:
    """Return where the bytes of the evidence are."""
    with runtime.database.reading() as session:
        return runtime.blobs.path(session.scalars(select(EvidenceFile.sha256)).one())


def alter(runtime: Runtime, content: bytes = b"MINUTES") -> None:
    """Harm the stored bytes; by default their number stays the same."""
    path = stored(runtime)
    path.chmod(0o640)
    path.write_bytes(content)


def codes(runtime: Runtime, *, hours: int) -> set[str]:
    """Return the codes that a check gives for the record, known so many hours after the usual moment."""
    with runtime.database.reading() as session:
        programme = session.scalars(select(Programme)).one()
        report = check(session, programme, Question(2), actor=INSTALLER, known_at=AT + hours * HOUR)
        [framework] = report.frameworks
        assert (framework.pack.id, report.verdict) == (F2018, Verdict.NOT_READY)
        line = next(each for each in framework.lines if each.need.id == RECORD)
        return {each.finding.code for each in line.findings}


def test_what_is_whole_is_sound_and_nothing_is_put_on_record(runtime: Runtime) -> None:
    steps: list[tuple[int, int]] = []
    diagnosis = examined(runtime, progress=lambda done, total: steps.append((done, total)))
    assert diagnosis == Diagnosis(1, (), (), (), (), ())
    assert diagnosis.sound
    assert steps == [(1, 1)]
    with runtime.database.reading() as session:
        assert session.scalars(select(Entry).where(Entry.action == "blobs.examined")).all() == []


@pytest.mark.parametrize(("harm", "reason"), [(b"MINUTES", "altered"), (b"minut", "altered"), (None, "gone")])
def test_damage_is_found_put_on_record_and_shown_by_the_next_check(
    runtime: Runtime, harm: bytes | None, reason: str
) -> None:
    if harm is None:
        stored(runtime).unlink()
    else:
        alter(runtime, harm)
    diagnosis = examined(runtime)
    assert not diagnosis.sound
    assert diagnosis.troubles == (Trouble(stored(runtime).name, reason),)
    assert "file-damaged" in codes(runtime, hours=1)
    assert "file-damaged" not in codes(runtime, hours=0)
    with runtime.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.action == "blobs.examined")).one()
        assert (entry.chain_id, entry.after) == (
            INSTALLATION,
            {"damaged": {stored(runtime).name: reason}, "repaired": []},
        )


def test_damage_is_put_on_record_once_however_often_it_is_found(runtime: Runtime) -> None:
    alter(runtime)
    for hours in (1, 2, 3):
        assert len(examined(runtime, hours=hours).troubles) == 1
    with runtime.database.reading() as session:
        assert [damage.found_at for damage in session.scalars(select(BlobDamage))] == [AT + HOUR]


def test_bytes_restored_from_a_backup_are_found_whole_and_taken_off_the_record(runtime: Runtime) -> None:
    alter(runtime)
    examined(runtime)
    alter(runtime, b"minutes")
    diagnosis = examined(runtime, hours=2)
    assert (diagnosis.sound, diagnosis.repaired) == (True, (stored(runtime).name,))
    assert "file-damaged" not in codes(runtime, hours=2)
    assert "file-damaged" in codes(runtime, hours=1)
    assert examined(runtime, hours=3).repaired == ()


def test_the_original_submitted_again_repairs(runtime: Runtime) -> None:
    alter(runtime)
    examined(runtime)
    with runtime.database.writing() as session:
        keep(session, [runtime.blobs.put(io.BytesIO(b"minutes"))], at=AT + 2 * HOUR)
    assert "file-damaged" not in codes(runtime, hours=2)
    assert examined(runtime, hours=3).sound


def test_without_reading_only_presence_and_size_are_looked_at(runtime: Runtime) -> None:
    alter(runtime)
    assert examined(runtime, read=False).sound
    alter(runtime, b"short")
    assert [trouble.reason for trouble in examined(runtime, read=False).troubles] == ["altered"]


def test_damage_that_is_on_record_is_not_sound_even_where_it_is_not_read_again(runtime: Runtime) -> None:
    alter(runtime)
    examined(runtime)
    diagnosis = examined(runtime, hours=2, read=False)
    assert (diagnosis.sound, len(diagnosis.troubles), diagnosis.repaired) == (False, 1, ())


def test_bytes_that_no_row_names_are_named_and_harm_nothing(runtime: Runtime) -> None:
    orphan = runtime.blobs.put(io.BytesIO(b"nobody names me"))
    diagnosis = examined(runtime)
    assert (diagnosis.orphans, diagnosis.sound) == ((orphan,), True)
    assert runtime.blobs.path(orphan.sha256).exists()


def test_drafts_left_by_a_crash_are_named_after_a_day(runtime: Runtime) -> None:
    for name, age in (("old", 25), ("new", 23)):
        path = runtime.blobs.incoming / name
        path.write_bytes(b"half of")
        moment = (AT + HOUR - age * HOUR).timestamp()
        os.utime(path, (moment, moment))
    diagnosis = examined(runtime)
    assert (diagnosis.stale_drafts, diagnosis.sound) == (("old",), True)


def test_a_journal_that_was_altered_is_not_sound(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        session.execute(update(Entry).where(Entry.action == "evidence.accepted").values(actor_name="Somebody else"))
    diagnosis = examined(runtime)
    assert [each.reason for each in diagnosis.breaks] == ["content altered"]
    assert not diagnosis.sound


def test_only_whoever_administers_the_installation_examines(runtime: Runtime) -> None:
    with runtime.database.writing() as session:
        organisation_id = session.scalars(select(Programme.organisation_id)).one()
        actor = somebody(session, organisation_id, Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        examine(runtime, actor=actor, at=AT)


def test_what_cannot_be_read_is_said_and_is_no_damage_and_the_rest_is_examined(runtime: Runtime) -> None:
    path = stored(runtime)
    path.unlink()
    path.symlink_to(path)  # a loop: root, too, cannot open it
    other = runtime.blobs.root / ("00" if path.parent.name != "00" else "01")
    other.symlink_to(other)
    with runtime.database.writing() as session:
        gone = runtime.blobs.put(io.BytesIO(b"gone"))
        keep(session, [gone], at=AT)
    runtime.blobs.path(gone.sha256).unlink()
    diagnosis = examined(runtime)
    assert not diagnosis.sound
    reasons = {each.sha256: each.reason for each in diagnosis.troubles}
    assert reasons == {path.name: "unreadable", gone.sha256: "gone", other.name: "unreadable"}
    with runtime.database.reading() as session:
        assert [each.sha256 for each in session.scalars(select(BlobDamage))] == [gone.sha256]


def test_what_no_record_names_is_removed_when_it_is_older_than_a_day(runtime: Runtime) -> None:
    young, old = (runtime.blobs.put(io.BytesIO(content)) for content in (b"young", b"old"))
    left = runtime.blobs.incoming / "left"
    left.write_bytes(b"half")
    yesterday = (AT - 25 * HOUR).timestamp()
    for path in (runtime.blobs.path(old.sha256), left, stored(runtime)):
        os.utime(path, (yesterday, yesterday))
    os.utime(runtime.blobs.path(young.sha256), (AT.timestamp(), AT.timestamp()))
    with pytest.raises(Forbidden):
        remove_left(runtime, actor=Actor("somebody", "Somebody"), at=AT)
    assert remove_left(runtime, actor=INSTALLER, at=AT) == (old.sha256, "left")
    assert [each.name for each in runtime.blobs.incoming.iterdir()] == []
    found = examined(runtime)
    assert found.sound
    assert [each.sha256 for each in found.orphans] == [young.sha256]


def test_a_journal_that_is_gone_is_not_sound_and_nothing_is_kept_of_it(runtime: Runtime) -> None:
    assert examined(runtime).sound
    checkpoints = runtime.settings.data_folder / NAME
    kept = checkpoints.read_text("utf-8")
    with runtime.database.writing() as session:
        organisation_id = session.scalars(select(Organisation.id)).one()
        session.execute(delete(Entry).where(Entry.chain_id == organisation_id))
        session.execute(delete(Chain).where(Chain.id == organisation_id))
    reasons = {each.reason for each in examined(runtime).breaks if each.chain_id == organisation_id}
    assert reasons == {"the chain is missing", f"not as in the checkpoint of {(AT + HOUR).isoformat()}"}
    assert checkpoints.read_text("utf-8") == kept


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "harm", ["UPDATE journal_entries SET after = '{'", "UPDATE journal_entries SET at = 'garbage'"]
)
def test_an_entry_that_cannot_be_read_is_named(runtime: Runtime, harm: str) -> None:
    with runtime.database.writing() as session:
        session.execute(text(harm + " WHERE number = 2 AND chain_id != 'installation'"))
    assert [(each.number, each.reason) for each in examined(runtime).breaks] == [(2, "unreadable")]
