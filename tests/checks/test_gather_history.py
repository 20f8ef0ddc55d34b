"""What was known at a past moment: exactly the facts that could be gathered then, whatever has happened since."""

import io
import random
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.catalogue import service as catalogue
from app.catalogue.pack import Pack
from app.checks.gather import gather
from app.documents import approval
from app.documents import service as documents
from app.documents.models import Document
from app.errors import AppError
from app.evidence import service as evidence
from app.evidence.corrections import Period, correct_period
from app.evidence.models import Evidence, EvidenceFile
from app.links.models import Link
from app.links.service import confirm_link, remove_link
from app.programmes.models import RegisterEntry
from app.programmes.service import add_entry, change_entry, day_of, single
from app.storage.models import StoredBlob
from app.storage.service import Trouble, keep, remember
from tests.builders import (
    AT,
    CUSTOMARY,
    F2011,
    F2018,
    PAPER,
    RECORD,
    House,
    approve,
    review,
    some_document,
    some_evidence,
    some_version,
    submitted_revision,
)

NEEDS = (RECORD, CUSTOMARY, PAPER, "service-level-agreement", "major-incident-report")
Known = dict[str, dict[str, list[str]]]


def known(house: House, at: datetime) -> Known:
    """Return everything gathered as known at a moment, by framework and field, in an order of its own."""
    gathered = gather(house.session, house.programme, known_at=at)
    found: Known = {}
    for code in gathered.profile.frameworks:
        pack, facts = gathered.facts_for(code)
        values = {each.name: getattr(facts, each.name) for each in fields(facts)}
        found[code] = {
            name: sorted(map(repr, value)) if isinstance(value, tuple) else [repr(value)]
            for name, value in values.items()
        } | {"pack": [pack.version]}
    return found


class History:
    """Random steps of everything that can happen to a programme, each at a later moment than the one before."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.random = random.Random(seed)  # noqa: S311 (no secret)
        self.at = AT
        self.count = 0
        self.done: set[str] = set()
        self.steps: tuple[Callable[[], object], ...] = (
            self.add_evidence, self.add_evidence, self.add_version, self.accept, self.accept, self.reject,
            self.correct, self.withdraw, self.amend,
            self.link, self.unlink, self.confirm, self.add_document, self.revise,
            self.revise, self.approve, self.approve, self.send_back, self.withdraw_document, self.hand_over,
            self.add_to_register, self.add_to_register, self.change_register, self.end_register, self.set_limits,
            self.set_profile, self.upgrade, self.damage, self.repair,
        )  # fmt: skip

    def step(self) -> None:
        """Do one thing that is not refused."""
        self.count += 1
        self.at += self.random.choice([timedelta(microseconds=1), timedelta(minutes=7), timedelta(hours=9)])
        while True:
            step = self.random.choice(self.steps)
            try:
                with self.house.session.begin_nested():
                    step()
            except (AppError, IndexError):
                continue
            self.done.add(step.__name__)
            return

    def any_of(self, table: Any, *conditions: Any) -> Any:
        """Pick a row; raises IndexError where there is none."""
        return self.random.choice(self.house.session.scalars(select(table).where(*conditions)).all())

    def item(self, table: Any) -> str:
        """Pick evidence or a document, seldom one that was withdrawn; raises IndexError where there is none."""
        if self.random.random() < 0.1:
            return str(self.any_of(table).id)
        return str(self.any_of(table, table.withdrawn_at.is_(None)).id)

    def document(self) -> Document:
        """Pick a document."""
        return self.house.session.get_one(Document, self.item(Document))

    def add_evidence(self) -> None:
        """Submit evidence, one in three without a link."""
        needs = self.random.choice([(), (RECORD,), (CUSTOMARY, "major-incident-report")])
        content = f"content {self.count % 7}".encode()
        some_evidence(
            self.house, title=f"E{self.count}", files=[self.house.file(content)], expectation_ids=needs, at=self.at,
            owner_id=self.random.choice([None, self.house.owner.id]),
        )  # fmt: skip

    def add_version(self) -> None:
        """Submit a version anew."""
        collected_on = day_of(self.house.session, self.house.programme, self.at) - timedelta(self.random.randint(0, 90))
        evidence.add_version(
            self.house.session, self.house.programme, self.item(Evidence), some_version(collected_on),
            [self.house.file(f"version {self.count}".encode())], actor=self.house.contributor, at=self.at,
        )  # fmt: skip

    def accept(self) -> None:
        """Accept a version."""
        review(self.house, self.item(Evidence), at=self.at)

    def reject(self) -> None:
        """Reject a version."""
        review(self.house, self.item(Evidence), accept=False, at=self.at)

    def correct(self) -> None:
        """Correct a period."""
        last = day_of(self.house.session, self.house.programme, self.at) - timedelta(self.random.randint(91, 200))
        correct_period(
            self.house.session, self.house.programme, self.item(Evidence), Period(last - timedelta(7), last),
            reason="x", actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def withdraw(self) -> None:
        """Withdraw evidence."""
        evidence.withdraw_evidence(
            self.house.session, self.house.programme, self.item(Evidence), reason="x",
            actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def amend(self) -> None:
        """Change a title or an owner."""
        evidence.amend_evidence(
            self.house.session, self.house.programme, self.item(Evidence), title=f"Amended {self.count}",
            owner_id=self.random.choice([None, self.house.officer.id]), actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def link(self) -> None:
        """Link something anew."""
        need = self.random.choice(NEEDS)
        given: dict[str, Any] = {"actor": self.house.officer, "at": self.at}
        if self.random.random() < 0.5:
            item = self.item(Evidence)
            evidence.link_evidence(self.house.session, self.house.programme, item, [need], **given)
        else:
            item = self.item(Document)
            documents.link_document(self.house.session, self.house.programme, item, [need], **given)

    def unlink(self) -> None:
        """Remove a link."""
        link = self.any_of(Link, Link.removed_at.is_(None))
        remove_link(
            self.house.session, self.house.programme, link.item_id, link.expectation_id,
            actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def confirm(self) -> None:
        """Confirm a link."""
        link = self.any_of(Link, Link.removed_at.is_(None))
        confirm_link(
            self.house.session, self.house.programme, link.item_id, link.expectation_id,
            actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def add_document(self) -> None:
        """Enter a document."""
        some_document(self.house, f"D-{self.count}", expectation_ids=[self.random.choice(NEEDS)], at=self.at)

    def revise(self) -> None:
        """Add a revision and send it to review."""
        today = day_of(self.house.session, self.house.programme, self.at)
        wanted = self.random.choice([None, today + timedelta(2)])
        content = f"revision {self.count % 7}".encode()
        submitted_revision(self.house, self.document(), content=content, effective_on=wanted, at=self.at)

    def approve(self) -> None:
        """Sign a revision."""
        actor = self.random.choice([self.house.reviewer, self.house.second_reviewer])
        approve(self.house, self.document(), actor=actor, at=self.at)

    def send_back(self) -> None:
        """Return a revision."""
        approval.decide_revision(
            self.house.session, self.house.programme, self.item(Document), approve=False, reason="x",
            actor=self.house.reviewer, at=self.at,
        )  # fmt: skip

    def withdraw_document(self) -> None:
        """Withdraw a document."""
        documents.withdraw_document(
            self.house.session, self.house.programme, self.item(Document), reason="x",
            actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def hand_over(self) -> None:
        """Give a document another owner."""
        owner = self.random.choice([None, self.house.owner.id, self.house.officer.id])
        documents.change_owner(
            self.house.session, self.house.programme, self.item(Document), owner,
            actor=self.house.officer, at=self.at,
        )  # fmt: skip

    def add_to_register(self) -> None:
        """Add an entry to a register."""
        add_entry(self.house.session, self.house.programme, *self.some_entry(), actor=self.house.officer, at=self.at)

    def some_entry(self, name: str | None = None) -> tuple[str, dict[str, Any]]:
        """Return a register and the body of an entry for it."""
        day = (date(2026, 9, 1) + timedelta(self.random.randint(0, 300))).isoformat()
        several: dict[str, dict[str, Any]] = {
            "services": {"name_en": f"S{self.count}", "owner_id": self.house.owner.id},
            "parties": {"name_en": f"P{self.count}", "kind": "external-supplier"},
            "audits": {"kind": self.random.choice(["stage-1", "stage-2"]), "planned_on": day},
            "waivers": {"expectation_id": CUSTOMARY, "reason": f"r{self.count}", "until": day},
            "ages": {"expectation_id": RECORD, "max_age_days": self.random.randint(1, 99), "reason": "r"},
            "owners": {
                "framework": F2018,
                "clause": self.random.choice(["8", "8.6.1", "5"]),
                "owner_id": self.house.owner.id,
            },
        }
        if name is None:
            name = self.random.choice([*several, "agreements"])
        if name == "agreements":
            service = self.any_of(RegisterEntry, RegisterEntry.register == "services", RegisterEntry.ended_at.is_(None))
            return name, {"kind": "sla", "title": "SLA", "service_id": service.entry_id, "ends_on": day}
        return name, several[name]

    def change_register(self) -> None:
        """Change an entry."""
        row = self.any_of(
            RegisterEntry, RegisterEntry.ended_at.is_(None), RegisterEntry.register.not_in(["profile", "settings"])
        )
        _, body = self.some_entry(row.register)
        change_entry(self.house.session, self.house.programme, row.entry_id, body, actor=self.house.officer, at=self.at)

    def end_register(self) -> None:
        """Remove an entry."""
        row = self.any_of(RegisterEntry, RegisterEntry.ended_at.is_(None))
        change_entry(self.house.session, self.house.programme, row.entry_id, None, actor=self.house.officer, at=self.at)

    def set_limits(self) -> None:
        """Change the settings."""
        body = {"approvals_needed": self.random.choice([1, 2]), "period_grace_days": self.random.randint(0, 30)}
        self.set_single("settings", body)

    def set_profile(self) -> None:
        """Change the frameworks or the start of operation."""
        body = {"frameworks": self.random.choice([[F2018], [F2018, F2011]]), "start_of_operation": "2026-02-01"}
        self.set_single("profile", body)

    def set_single(self, name: str, body: dict[str, Any]) -> None:
        """Change a register of one entry."""
        entry = single(self.house.session, self.house.programme, name)
        change_entry(self.house.session, self.house.programme, entry.id, body, actor=self.house.officer, at=self.at)

    def upgrade(self) -> None:
        """Install a new version of a shipped framework."""
        upgraded(self.house, self.random.choice([RECORD, PAPER]), version=f"2.0.{self.count}", at=self.at)

    def damage(self) -> None:
        """Find stored bytes altered."""
        remember(self.house.session, [Trouble(self.any_of(StoredBlob).sha256, "altered")], at=self.at)

    def repair(self) -> None:
        """Store bytes again."""
        blob = self.house.blobs.put(io.BytesIO(f"content {self.count % 7}".encode()))
        if self.house.session.get(StoredBlob, blob.sha256) is None:
            raise IndexError
        keep(self.house.session, [blob], at=self.at)


def upgraded(house: House, expectation_id: str, *, version: str, at: datetime, code: str = F2018) -> Pack:
    """Install a version of a shipped framework in which one expectation lives one day less."""
    pack = catalogue.get_pack(house.session, code, None)
    clauses = tuple(
        replace(
            clause,
            expectations=tuple(
                replace(each, max_age_days=(each.max_age_days or 99) - 1) if each.id == expectation_id else each
                for each in clause.expectations
            ),
        )
        for clause in pack.clauses
    )
    new = replace(pack, version=version, clauses=clauses)
    catalogue._store(house.session, new, None, at=at)
    return new


@pytest.mark.parametrize("seed", range(4))
def test_every_past_moment_shows_exactly_what_could_be_gathered_then(house: House, seed: int) -> None:
    history = History(house, seed)
    then: dict[datetime, Known] = {AT - timedelta(1): known(house, AT - timedelta(1))}
    for _ in range(40):
        history.step()
        then[history.at] = known(house, history.at)
    for moment, facts in then.items():
        assert known(house, moment) == facts, moment
    assert known(house, history.at + timedelta(microseconds=1)) == then[history.at]


@pytest.mark.only("sqlite")
def test_the_histories_hold_every_kind_of_step(house: House) -> None:
    history = History(house, 99)
    for _ in range(260):
        history.step()
    assert history.done == {step.__name__ for step in history.steps}


def test_a_moment_is_before_what_happened_a_microsecond_later(house: House) -> None:
    tick = timedelta(microseconds=1)
    submitted = some_evidence(house, at=AT)
    review(house, submitted.evidence.id, at=AT + 2 * tick)

    def states(at: datetime) -> list[str]:
        _, facts = gather(house.session, house.programme, known_at=at).facts_for(F2018)
        return [proof.state for proof in facts.proofs]

    assert [states(AT + step * tick) for step in (-1, 0, 1, 2, 3)] == [
        [], ["submitted"], ["submitted"], ["accepted"], ["accepted"],
    ]  # fmt: skip
    assert house.session.scalars(select(EvidenceFile)).all()
