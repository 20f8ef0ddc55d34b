"""Files of evidence: their names, bytes that were there before, and bytes that were harmed since."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.errors import Damaged, Forbidden, Invalid, NotFound
from app.evidence.reading import open_file
from app.evidence.service import withdraw_evidence
from app.identity.actor import Actor, Role
from app.programmes.organisations import get_organisation
from app.storage.models import StoredBlob
from tests.builders import (
    AT,
    House,
    accepted,
    review,
    some_evidence,
    some_organisation,
    some_programme,
    somebody,
)


def read(house: House, evidence_id: str, *, number: int = 1, position: int = 1, actor: Actor | None = None) -> bytes:
    """Read a file of evidence, as the contributor."""
    _, chunks = open_file(
        house.session, house.blobs, house.programme, evidence_id, number=number, position=position,
        actor=actor or house.contributor,
    )  # fmt: skip
    return b"".join(chunks)


def test_every_file_is_read_as_it_was_submitted(house: House) -> None:
    evidence = some_evidence(house, files=[house.file(b"one"), house.file("二".encode(), "二.txt")]).evidence
    assert read(house, evidence.id) == b"one"
    assert read(house, evidence.id, position=2) == "二".encode()
    for number, position in ((1, 3), (1, 0), (2, 1)):
        with pytest.raises(NotFound):
            read(house, evidence.id, number=number, position=position)


@pytest.mark.parametrize("name", ["会" * 85, "会" * 251 + ".pdf", "report\u200f.pdf", "a b (1).txt"])
def test_a_name_is_kept_as_it_came(house: House, name: str) -> None:
    evidence = some_evidence(house, files=[house.file(name=name)])
    house.session.expire_all()
    assert evidence.files[0].name == name


@pytest.mark.parametrize("name", ["../../x", "a\x00b", "x\u202efdp.exe", "", "..", "会" * 256])
def test_a_name_that_deceives_or_cannot_be_stored_is_refused(house: House, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        some_evidence(house, files=[house.file(name=name)])
    assert refusal.value.field == "file_name"


def test_a_file_without_bytes_is_refused(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        some_evidence(house, files=[house.file(), house.file(b"", "empty.txt")])
    assert refusal.value.field == "file"
    assert "empty.txt" in str(refusal.value)


def test_bytes_that_the_organisation_has_already_are_said_with_the_oldest_evidence(house: House) -> None:
    first = some_evidence(house, title="First")
    second = some_evidence(house, title="Second", files=[house.file(name="copy.txt"), house.file(b"new")])
    third = some_evidence(house, title="Third")
    assert first.same_bytes == ()
    for submitted, name in ((second, "copy.txt"), (third, "minutes.txt")):
        [same] = submitted.same_bytes
        assert (same.file_name, same.evidence_id, same.title) == (name, first.evidence.id, "First")
    assert len(house.session.scalars(select(StoredBlob)).all()) == 2


def test_bytes_in_another_programme_of_the_organisation_are_said_too(house: House) -> None:
    some_evidence(house, title="Here")
    organisation = get_organisation(house.session, house.programme.organisation_id, actor=house.officer)
    second = some_programme(house.session, organisation, code="second")
    [same] = some_evidence(replace(house, programme=second)).same_bytes
    assert same.title == "Here"


def test_bytes_of_another_organisation_are_not_given_away(house: House) -> None:
    some_evidence(house, title="Secret")
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.CONTRIBUTOR)
    there = replace(house, programme=other, contributor=stranger)
    assert some_evidence(there).same_bytes == ()


def test_files_of_another_organisation_are_not_there(house: House) -> None:
    evidence = accepted(house).evidence
    other = some_programme(house.session, some_organisation(house.session, "Other"))
    stranger = somebody(house.session, other.organisation_id, Role.COMPLIANCE_OFFICER)
    with pytest.raises(NotFound):
        read(house, evidence.id, actor=stranger)
    with pytest.raises(NotFound):
        open_file(house.session, house.blobs, other, evidence.id, number=1, position=1, actor=stranger)


def test_an_auditor_reads_files_of_accepted_versions_only(house: House) -> None:
    evidence = some_evidence(house).evidence
    with pytest.raises(NotFound):
        read(house, evidence.id, actor=house.auditor)
    review(house, evidence.id)
    assert read(house, evidence.id, actor=house.auditor) == b"minutes"
    withdraw_evidence(house.session, house.programme, evidence.id, reason="x", actor=house.officer, at=AT)
    with pytest.raises(NotFound):
        read(house, evidence.id, actor=house.auditor)
    assert read(house, evidence.id) == b"minutes"


def test_bytes_that_were_harmed_are_not_handed_out(house: House) -> None:
    submitted = some_evidence(house)
    path = house.blobs.path(submitted.files[0].sha256)
    path.chmod(0o640)
    path.write_bytes(b"MINUTES")
    with pytest.raises(Damaged):
        read(house, submitted.evidence.id)


def test_somebody_without_any_right_there_reads_nothing(house: House) -> None:
    evidence = accepted(house).evidence
    with pytest.raises((Forbidden, NotFound)):
        read(house, evidence.id, actor=Actor("nobody", "Nobody"))
