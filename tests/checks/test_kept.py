"""Reports that are kept say what a whole check says, whatever has happened since."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.checks import proofs as kept_proofs
from app.checks.coverage import Coverage, CoverageQuestion, coverage
from app.checks.kept import KeptReports
from app.checks.known import Proofs
from app.checks.proofs import CHANGES, ELSEWHERE, KeptProofs
from app.checks.report import Report
from app.checks.service import Question, check
from app.database import Database
from app.errors import AppError
from app.evidence.models import Evidence
from app.evidence.service import withdraw_evidence
from app.identity.actor import Actor
from app.identity.users import find_user
from app.journal.service import Event, newest_about
from app.programmes.service import note
from app.web.journal_words import ACTIONS
from tests.builders import AT, CUSTOMARY, RECORD, House, accepted, review, some_blobs, some_evidence, some_house
from tests.checks.test_gather_history import History

QUESTIONS = (Question(1), Question(2), Question(2, date(2026, 9, 30)))
MONTHS = (CoverageQuestion(as_of=date(2026, 9, 30), first=date(2026, 3, 1)),)
HOUR = timedelta(hours=1)
Said = list[Report | Coverage | str]


def said(make: Callable[[], Report | Coverage], at: datetime) -> Report | Coverage | str:
    """Return what is said, or why nothing is; reports as if all were made at one moment."""
    try:
        made = make()
    except AppError as error:
        return error.message.in_("en")
    return replace(made, known_at=at) if isinstance(made, Report) else made


def whole(house: House, actor: Actor, at: datetime) -> Said:
    """Return what is said by reading and judging everything."""
    session, programme = house.session, house.programme
    return [
        *(said(partial(check, session, programme, each, actor=actor, known_at=at), at) for each in QUESTIONS),
        *(said(partial(coverage, session, programme, each, actor=actor, known_at=at), at) for each in MONTHS),
    ]


def kept(reports: KeptReports, house: House, actor: Actor, at: datetime) -> Said:
    """Return what is said by what is kept."""
    now = partial(reports.check, house.session, house.programme, known_at=None, actor=actor, at=at)
    laid_out = partial(reports.coverage, house.session, house.programme, known_at=None, actor=actor, at=at)
    return [
        *(said(partial(now, question=each), at) for each in QUESTIONS),
        *(said(partial(laid_out, question=each), at) for each in MONTHS),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_says_what_a_whole_check_says_after_every_step(house: House, seed: int) -> None:
    history, reports = History(house, seed), KeptReports()
    for number in range(40):
        history.step()
        actor = house.auditor if number % 4 == seed else house.officer
        assert kept(reports, house, actor, history.at) == whole(house, actor, history.at), history.done


def test_every_action_of_the_journal_is_known_to_change_one_piece_of_evidence_or_none_or_is_of_no_programme() -> None:
    elsewhere = {action for action in ACTIONS if action.partition(".")[0] in ELSEWHERE}
    of_no_programme = {
        "access-link",
        "organisation",
        "framework",
        "clause-text",
        "clause-texts",
        "text-licence",
        "role",
        "token",
        "user",
        "blobs",
    }
    others = {action.partition(".")[0] for action in ACTIONS.keys() - CHANGES - elsewhere}
    assert ACTIONS.keys() > CHANGES
    assert others == of_no_programme


def current(house: House, known: KeptProofs) -> Proofs:
    """Return the evidence as it is now."""
    house.session.flush()
    newest = newest_about(house.session, house.programme.organisation_id, house.programme.id)
    assert newest
    return known.current(house.session, house.programme, number=newest.number, known_at=newest.at)


def test_after_a_change_only_the_expectations_that_it_is_about_are_read_again(house: House) -> None:
    for need in (RECORD, CUSTOMARY):
        accepted(house, some_evidence(house, expectation_ids=[need]))
    known = KeptProofs()
    before = current(house, known)
    new = some_evidence(house, title="New", expectation_ids=[RECORD], at=AT + HOUR)
    after = current(house, known)
    assert after[CUSTOMARY] is before[CUSTOMARY]
    assert [proof.title for proof in after[RECORD]] == ["Minutes", "New"]
    assert current(house, known) is after
    review(house, new.evidence.id, at=AT + 2 * HOUR)
    assert [proof.state for proof in current(house, known)[RECORD]] == ["accepted", "accepted"]


def test_after_an_action_that_is_not_known_everything_is_read_again(house: House) -> None:
    made = some_evidence(house, expectation_ids=[RECORD])
    known = KeptProofs()
    current(house, known)
    for action, title in (("document.linked", "Minutes"), ("evidence.turned-round", "Turned")):
        house.session.execute(update(Evidence).values(title="Turned"))
        note(house.session, house.programme, Event(action, "many"), actor=house.officer, at=AT + HOUR)
        assert [proof.title for proof in current(house, known)[RECORD]] == [title]
    assert made.evidence.id == current(house, known)[RECORD][0].item_id


def test_after_very_many_changes_everything_is_read_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    known = KeptProofs()
    current(house, known)
    monkeypatch.setattr(kept_proofs, "MOST_CHANGES", 2)
    for count in (2, 3):
        house.session.execute(update(Evidence).values(title="Changed"))
        for _ in range(count):
            some_evidence(house, expectation_ids=[RECORD], at=AT + HOUR)
        titles = {proof.title for proof in current(house, known)[RECORD]}
        assert titles == ({"Minutes"} if count == 2 else {"Minutes", "Changed"})


@contextmanager
def committed(database: Database, folder: Path) -> Iterator[House]:
    """Make a house that others see."""
    with database.writing() as session:
        made = some_house(session, database, some_blobs(folder))
        some_evidence(made, title="First", expectation_ids=[RECORD])
    yield made


def titles(reports: KeptReports, house: House, session: Session) -> list[str]:
    """Return what waits for acceptance, as one session sees it."""
    who, at = house.officer, AT + HOUR
    report = reports.check(session, house.programme, Question(2), known_at=None, actor=who, at=at)
    [line] = [line for line in report.frameworks[0].lines if line.need.id == RECORD]
    [items] = [each.finding.items for each in line.findings if each.finding.code == "acceptance-pending"]
    return sorted(item.title for item in items)


def test_who_began_to_read_before_a_change_does_not_see_it_and_who_began_after_it_does(
    database: Database, tmp_path: Path
) -> None:
    with committed(database, tmp_path) as house:
        reports = KeptReports()
        with database.reading() as early:
            assert titles(KeptReports(), house, early) == ["First"]  # from here on it sees this moment
            with database.writing() as session:
                some_evidence(replace(house, session=session), title="Second", expectation_ids=[RECORD])
            with database.reading() as late:
                assert titles(reports, house, late) == ["First", "Second"]
            assert titles(reports, house, early) == ["First"]
        with database.reading() as late:
            assert titles(reports, house, late) == ["First", "Second"]


def test_what_was_entered_by_a_clock_ahead_of_ours_is_seen_at_once(house: House) -> None:
    some_evidence(house, title="First", expectation_ids=[RECORD])
    reports = KeptReports()
    assert titles(reports, house, house.session) == ["First"]
    some_evidence(house, title="Ahead", expectation_ids=[RECORD], at=AT + 5 * HOUR)
    some_evidence(house, title="Behind", expectation_ids=[RECORD], at=AT + 4 * HOUR)
    assert titles(reports, house, house.session) == ["Ahead", "Behind", "First"]


def test_a_person_who_is_called_otherwise_is_so_at_once(house: House) -> None:
    some_evidence(house, expectation_ids=[RECORD], owner_id=house.owner.id)
    ask = partial(KeptReports().check, house.session, house.programme, Question(2), known_at=None, at=AT)
    assert house.owner.name in ask(actor=house.officer).owners.values()
    find_user(house.session, house.owner.id).name = "Ouyang"
    house.session.flush()
    assert "Ouyang" in ask(actor=house.officer).owners.values()


@pytest.mark.parametrize("days", [0, 2])
def test_the_past_is_said_as_it_is_said_without_anything_kept_whatever_is_done_since(house: House, days: int) -> None:
    history, reports = History(house, days), KeptReports()
    for _ in range(25):
        history.step()
    then, actor = history.at - timedelta(days=days), house.officer
    where = (house.session, house.programme, QUESTIONS[1])
    for _ in range(8):
        history.step()
        now = history.at + HOUR
        assert replace(
            reports.check(*where, known_at=then, actor=actor, at=now), known_at=then
        ) == check(*where, known_at=then, actor=actor)  # fmt: skip


def test_counts_follow_what_is_done_and_for_who_reads_no_drafts_also_those_of_the_past(house: House) -> None:
    reports, items = KeptReports(), [accepted(house).evidence.id for _ in range(3)]
    counted = partial(reports.count_evidence, house.session, house.programme, at=AT + 9 * HOUR)
    past = AT + HOUR

    def counts() -> list[int]:
        return [
            counted(known_at=known_at, actor=actor)["accepted"]
            for known_at in (None, past)
            for actor in (house.officer, house.auditor)
        ]

    assert counts() == [3, 3, 3, 3]
    withdraw_evidence(house.session, house.programme, items[0], reason="x", actor=house.officer, at=AT + 2 * HOUR)
    assert counts() == [2, 2, 3, 2]
