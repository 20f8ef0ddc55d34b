"""Imports: prepared without a trace, applied whole or not at all, undone whole or with the reasons why not."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from app.evidence.models import Evidence
from app.evidence.reading import get_evidence
from app.imports import service
from app.imports.models import EvidenceImport, EvidenceImportFile, EvidenceImportItem
from app.imports.reading import list_imports
from app.imports.tables import read_table
from app.journal.models import Entry
from app.journal.service import verify
from app.storage.models import StoredBlob
from tests.builders import AT, RECORD, House, accepted, counted, some_evidence
from tests.imports.importing import LATER, TWO, applied, apply, entries, prepared, rows_of, send, undo, view
from tests.imports.sheets import GOOD, NIL, csv_of


def test_a_draft_says_what_would_become_of_each_row_and_changes_nothing(house: House) -> None:
    before = rows_of(house, Entry)
    import_id = prepared(house)
    check = view(house, import_id).check
    assert check is not None
    assert (check.rows, [each.row for each in check.ready], check.missing) == (2, [3], ("incidents.xlsx",))
    assert send(house, import_id, house.file(b"incidents", "incidents.xlsx")) == []
    found = view(house, import_id)
    assert found.check is not None
    assert (found.check.problems, len(found.check.ready), found.files) == ((), 2, 1)
    assert (rows_of(house, Evidence), rows_of(house, Entry)) == (0, before)


def test_every_row_becomes_evidence_that_its_importer_submitted(house: House) -> None:
    import_id, ids = applied(house)
    found = view(house, import_id)
    assert (found.head.state, found.head.applied_by, found.head.applied_at) == ("applied", house.contributor.id, LATER)
    assert [(item.row, item.title, item.state) for item in found.items] == [
        (2, "Incidents", "submitted"),
        (3, "Major incidents", "submitted"),
    ]
    assert found.obstacles == ()
    one = get_evidence(house.session, house.programme, ids[0], actor=house.officer)
    assert one.versions[0].version.submitted_by == house.contributor.id
    assert [file.name for file in one.versions[0].files] == ["incidents.xlsx"]
    assert [link.expectation_id for link in one.links] == [RECORD]
    [entry] = entries(house, "import.applied")
    assert (entry.subject_id, entry.programme_id) == (import_id, house.programme.id)
    assert entry.after == {"name": "register.csv", "sha256": found.head.table_sha256, "items": 2}
    assert len(entries(house, "evidence.added")) == 2
    assert list(verify(house.session)) == []
    assert rows_of(house, EvidenceImportFile) == 0


def test_one_wrong_row_is_enough_that_nothing_is_imported(house: House) -> None:
    import_id = prepared(house)
    with pytest.raises(Invalid, match="Nothing was imported") as refusal:
        apply(house, import_id)
    assert "1 of 2 rows" in str(refusal.value)
    assert (rows_of(house, Evidence), view(house, import_id).head.state) == (0, "draft")


def test_a_draft_is_checked_against_what_holds_when_it_is_applied(house: House) -> None:
    content = csv_of((*NIL[:5], "contributor", *NIL[6:]))
    import_id = prepared(house, content)
    assert view(house, import_id).check.problems != ()  # type: ignore[union-attr]
    content = csv_of((*NIL[:5], f"contributor@{house.programme.organisation_id}", *NIL[6:]))
    service.replace_table(
        house.session, house.programme, import_id, read_table(content), house.file(content, "b.csv"),
        actor=house.contributor, at=AT,
    )  # fmt: skip
    assert view(house, import_id).check.problems == ()  # type: ignore[union-attr]
    apply(house, import_id)
    [item] = view(house, import_id).items
    assert house.session.get_one(Evidence, item.evidence_id).owner_id == house.contributor.id


def test_a_corrected_table_takes_the_place_of_the_former_and_the_files_stay(house: House) -> None:
    import_id = prepared(house, csv_of((*GOOD[:2], "x", *GOOD[3:])))
    send(house, import_id, house.file(b"incidents", "incidents.xlsx"))
    former = view(house, import_id).head.table_sha256
    released = service.replace_table(
        house.session, house.programme, import_id, read_table(TWO), house.file(TWO, "better.csv"),
        actor=house.contributor, at=AT,
    )  # fmt: skip
    found = view(house, import_id)
    assert released == [former]
    assert (found.head.table_name, found.head.rows, found.files) == ("better.csv", 2, 1)
    assert found.check is not None
    assert found.check.problems == ()


def test_a_file_that_comes_again_takes_the_place_of_the_former_whatever_its_case(house: House) -> None:
    import_id = prepared(house)
    first, second = house.file(b"1", "A/incidents.xlsx"), house.file(b"2", "a\\./INCIDENTS.xlsx")
    send(house, import_id, first)
    assert send(house, import_id, second) == [first.blob.sha256]
    assert send(house, import_id, second) == []
    [row] = house.session.scalars(select(EvidenceImportFile))
    assert (row.path, row.sha256) == ("a/INCIDENTS.xlsx", second.blob.sha256)


def test_what_a_dropped_draft_brought_is_gone(house: House) -> None:
    kept = house.file(b"in use", "in-use.txt")
    some_evidence(house, files=[kept])
    import_id = prepared(house)
    loose = house.file(b"incidents", "incidents.xlsx")
    send(house, import_id, loose, kept)
    table = view(house, import_id).head.table_sha256
    released = service.drop_import(house.session, house.programme, import_id, actor=house.contributor)
    assert sorted(released) == sorted([table, loose.blob.sha256])
    assert (rows_of(house, EvidenceImport), rows_of(house, EvidenceImportFile)) == (0, 0)
    assert list(house.session.scalars(select(StoredBlob.sha256))) == [kept.blob.sha256]
    with pytest.raises(NotFound):
        view(house, import_id)


def test_files_that_no_row_names_go_when_the_import_is_applied(house: House) -> None:
    import_id = prepared(house)
    named, loose = house.file(b"incidents", "incidents.xlsx"), house.file(b"holiday", "holiday.jpg")
    send(house, import_id, named, loose)
    check = view(house, import_id).check
    assert check is not None
    assert check.unneeded == ("holiday.jpg",)
    assert apply(house, import_id) == [loose.blob.sha256]


def test_each_state_takes_only_what_fits_it(house: House) -> None:
    draft = prepared(house)
    with pytest.raises(Conflict, match="nothing to undo"):
        undo(house, draft)
    import_id, _ = applied(house)
    for act in (apply, send):
        with pytest.raises(Conflict, match="imported already"):
            act(house, import_id)
    with pytest.raises(Conflict, match="imported already"):
        service.drop_import(house.session, house.programme, import_id, actor=house.contributor)
    undo(house, import_id)
    with pytest.raises(Conflict, match="undone already"):
        undo(house, import_id)


@pytest.mark.parametrize("who", ["reviewer", "auditor"])
def test_who_may_not_add_evidence_may_not_import_it(house: House, who: str) -> None:
    somebody, import_id = getattr(house, who), prepared(house)
    done, _ = applied(house)
    for act in (
        lambda: prepared(house, actor=somebody),
        lambda: send(house, import_id, house.file(), actor=somebody),
        lambda: apply(house, import_id, actor=somebody),
        lambda: service.drop_import(house.session, house.programme, import_id, actor=somebody),
        lambda: undo(house, done, actor=somebody),
    ):
        with pytest.raises(Forbidden):
            act()
    if who == "reviewer":
        assert len(list_imports(house.session, house.programme, actor=somebody).items) == 2
        assert view(house, done, actor=somebody).items
    else:
        with pytest.raises(Forbidden):
            list_imports(house.session, house.programme, actor=somebody)


def test_bytes_that_are_there_and_tables_that_were_imported_are_told_of_before_they_are_imported_again(
    house: House,
) -> None:
    other = accepted(house, some_evidence(house, title="There", files=[house.file(b"incidents", "x.xlsx")]))
    first, _ = applied(house)
    again = prepared(house)
    send(house, again, house.file(b"incidents", "incidents.xlsx"))
    found = view(house, again)
    assert [(each.file_name, each.evidence_id) for each in found.same_bytes] == [("incidents.xlsx", other.evidence.id)]
    assert [each.id for each in found.same_tables] == [first]
    undo(house, first)
    assert view(house, again).same_tables == ()


def test_the_list_has_the_newest_first_in_pages(house: House) -> None:
    ids = [prepared(house) for _ in range(3)][::-1]
    page = list_imports(house.session, house.programme, actor=house.officer, limit=2)
    assert [each.id for each in page.items] == ids[:2]
    rest = list_imports(house.session, house.programme, actor=house.officer, limit=2, cursor=page.cursor)
    assert ([each.id for each in rest.items], rest.cursor) == (ids[2:], None)


def test_hundreds_of_rows_need_no_more_statements_than_two(house: House) -> None:
    def statements(*rows: Sequence[str]) -> list[int]:
        import_id = prepared(house, csv_of(*rows))
        send(house, import_id, house.file(b"incidents", "incidents.xlsx"))
        sent = []
        for act in (view, apply, view, undo):
            with counted(house.session) as found:
                act(house, import_id)
            sent.append(len(found))
        return sent

    few = statements(GOOD, NIL)
    assert statements(*[(f"{GOOD[0]} {number}", *GOOD[1:]) for number in range(400)]) == few
    assert max(few) < 40


def test_an_import_has_a_limit_of_files(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_FILES", 2)
    import_id = prepared(house)
    send(house, import_id, house.file(b"1", "1"), house.file(b"2", "2"))
    with pytest.raises(Invalid, match="at most 2 files"):
        send(house, import_id, house.file(b"3", "3"))


def test_two_who_apply_one_import_at_the_same_moment_import_it_once(house: House) -> None:
    import_id = prepared(house, csv_of(NIL))
    house.session.commit()

    def try_it(_: int) -> str:
        try:
            with house.database.writing() as session:
                programme = session.merge(house.programme, load=False)
                service.apply_import(session, programme, import_id, actor=house.contributor, at=LATER)
        except AppError as error:
            return type(error).__name__
        return "applied"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_it, range(2))) == ["Conflict", "applied"]
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 1
        assert session.scalar(select(func.count()).select_from(EvidenceImportItem)) == 1
