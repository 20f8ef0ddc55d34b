"""Put the sample organisation in, through the same use cases as everybody, each step at its own moment in the past."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.service import get_pack
from app.checks.service import Question, freeze
from app.demo import company
from app.demo.documents import REVISED, SampleDocument, SampleRevision, documents
from app.demo.records import SampleEvidence, records
from app.demo.writing.content import Occasion
from app.demo.writing.documents import document_content
from app.demo.writing.office import mail, pdf, sheet, word
from app.demo.writing.pictures import picture
from app.demo.writing.records import SUBJECTS, record_content
from app.documents import approval
from app.documents import service as document_service
from app.documents.service import DocumentKind, Level, NewDocument
from app.errors import Conflict
from app.evidence.service import NewEvidence, add_evidence, review_evidence
from app.evidence.versions import NewVersion
from app.identity.actor import Actor, Grant, local_operator
from app.identity.models import User
from app.identity.passwords import hash_password
from app.identity.service import give_role, user_actor
from app.identity.users import NewUser, add_user
from app.language import say
from app.links.service import confirm_link
from app.programmes.models import Organisation, Programme
from app.programmes.organisations import NewOrganisation, add_organisation
from app.programmes.service import add_entry, add_programme
from app.readiness.periods import add_months
from app.runtime import Runtime
from app.storage.blobs import Blob
from app.storage.files import NewFile

ZONE = ZoneInfo("Asia/Shanghai")
MOST_SNAPSHOTS = 12
MAKERS = {"docx": word, "xlsx": sheet, "pdf": pdf, "png": picture, "eml": mail}
Step = tuple[datetime, Callable[[Session], None]]


@dataclass(slots=True)
class _Load:
    """What the steps share while the sample is put in."""

    now: datetime
    programme: Programme
    people: dict[str, User]
    actors: dict[str, Actor]
    links: dict[str, tuple[str, ...]] = field(default_factory=dict)


def load_sample(
    runtime: Runtime,
    *,
    now: datetime,
    report: Callable[[str], None],
    language: str = "en",
    password: str | None = None,
) -> str:
    """Put the whole sample in, or nothing; returns the programme's code.

    `report` is told in `language` what was done. Everybody signs in with `password`; without one nobody can. Raises
    Conflict where the sample is there already.
    """
    operator = local_operator("demo")
    today = now.astimezone(ZONE).date()
    with runtime.database.reading() as session:
        if session.scalar(select(Organisation.id).where(Organisation.name_en == company.NAME_EN)):
            raise Conflict("The sample organisation is there already; nothing was changed.")
        packs = [get_pack(session, code, None) for code in company.FRAMEWORKS]
    # What both standards expect is taken as the first has it: its clause says whose it is.
    retained = {each.id: each for pack in reversed(packs) for each in pack.expectations if each.action == "retain"}
    evidence = records(tuple(retained.values()), today)
    listed = documents(today)
    files = {each: _evidence_file(runtime, each, today) for each in evidence if not each.nil}
    revisions = {
        (document, number): _document_file(runtime, document, number, listed)
        for document in listed
        for number in range(1, len(document.revisions) + 1)
    }
    hashed = hash_password(password, runtime.settings.password_memory_kib) if password else None
    with runtime.database.writing() as session:
        load = _organisation(session, operator, now, today, hashed)
        steps = [
            *(step for each in evidence for step in _evidence_steps(load, each, files.get(each))),
            *(step for each in listed for step in _document_steps(load, each, revisions)),
            *_snapshot_steps(load, today),
        ]
        for _, step in sorted(steps, key=lambda each: each[0]):
            step(session)
    report(f"{company.NAME_ZH}  {company.NAME_EN}")
    counts = {"documents": len(listed), "evidence": len(evidence), "people": len(company.PEOPLE)}
    report(say("Documents: {documents}; pieces of evidence: {evidence}; people: {people}", **counts).in_(language))
    return company.PROGRAMME


def _organisation(session: Session, operator: Actor, now: datetime, today: date, hashed: str | None) -> _Load:
    at = _moment(company.operation_start(today) - timedelta(days=30), now)
    organisation = add_organisation(session, NewOrganisation(company.NAME_EN, company.NAME_ZH), actor=operator, at=at)
    people = {}
    for person in company.PEOPLE:
        user = add_user(session, NewUser(person.key, person.name, password_hash=hashed), actor=operator, at=at)
        give_role(session, Grant(organisation.id, frozenset(person.roles)), user, actor=operator, at=at)
        people[person.key] = user
    actors = {key: user_actor(session, user, at=at) for key, user in people.items()}
    programme = add_programme(
        session, organisation.id, company.PROGRAMME, company.profile(today), actor=operator, at=at
    )
    load = _Load(now, programme, people, actors)
    _registers(session, load, today, at)
    return load


def _registers(session: Session, load: _Load, today: date, at: datetime) -> None:
    actor = load.actors[company.REVIEWER]

    def add(register: str, body: dict[str, object]) -> str:
        return add_entry(session, load.programme, register, body, actor=actor, at=at).id

    for site in company.SITES:
        add("sites", dict(site))
    services = {
        key: add("services", {"name_en": en, "name_zh": zh, "owner_id": load.people[owner].id,
                              "requirements": "YZ-SMS-L4-13"})
        for key, en, zh, owner in company.SERVICES
    }  # fmt: skip
    parties = {
        key: add("parties", {"kind": kind, "name_en": en, "name_zh": zh}) for key, kind, en, zh in company.PARTIES
    }
    for kind, service, party, title, starts_on, ends_on in company.agreements(today):
        body = {"kind": kind, "title": title, "starts_on": starts_on, "ends_on": ends_on}
        add("agreements", body | {"service_id": services.get(service or ""), "party_id": parties.get(party or "")})
    for body in company.audits(today):
        add("audits", dict(body))
    for framework, owners in zip(company.FRAMEWORKS, (company.OWNERS, company.ISMS_OWNERS), strict=True):
        for clause, owner in owners.items():
            add("owners", {"framework": framework, "clause": clause, "owner_id": load.people[owner].id})
    for waiver in company.waivers(today):
        add("waivers", dict(waiver))


def _evidence_steps(load: _Load, sample: SampleEvidence, file: NewFile | None) -> Iterator[Step]:
    made: list[str] = []

    def add(session: Session) -> None:
        version = NewVersion(
            sample.collected_on,
            sample.period.start if sample.period else None,
            sample.period.end if sample.period else None,
            sample.valid_until,
            nil_return=bool(sample.nil),
            note=sample.nil,
        )
        owner = load.people[sample.owner].id if sample.owner else None
        new = NewEvidence(sample.title, version, (sample.expectation_id,), owner)
        actor, at = load.actors[sample.submitted_by], _moment(sample.recorded_on, load.now)
        submitted = add_evidence(session, load.programme, new, [file] if file else [], actor=actor, at=at)
        made.append(submitted.evidence.id)

    def decide(session: Session) -> None:
        review_evidence(
            session,
            load.programme,
            made[0],
            accept=not sample.rejected_for,
            reason=sample.rejected_for,
            actor=load.actors[sample.decided_by],
            at=_moment(sample.decided_on or load.now.date(), load.now, hours=2),
        )

    yield _moment(sample.recorded_on, load.now), add
    if sample.decided_on is not None:
        yield _moment(sample.decided_on, load.now, hours=2), decide


def _document_steps(
    load: _Load, sample: SampleDocument, files: dict[tuple[SampleDocument, int], NewFile]
) -> Iterator[Step]:
    made: list[str] = []

    def enter(session: Session) -> None:
        new = NewDocument(
            sample.number, sample.title, Level(sample.level), DocumentKind(sample.kind),
            load.people[sample.owner].id, sample.expectation_ids,
        )  # fmt: skip
        actor, at = load.actors[company.WRITER], _moment(sample.revisions[0].written_on, load.now)
        made.append(document_service.add_document(session, load.programme, new, actor=actor, at=at).id)

    yield _moment(sample.revisions[0].written_on, load.now), enter
    for number, revision in enumerate(sample.revisions, start=1):
        yield from _revision_steps(load, sample, made, (number, revision), files[sample, number])


def _revision_steps(
    load: _Load, sample: SampleDocument, made: list[str], numbered: tuple[int, SampleRevision], file: NewFile
) -> Iterator[Step]:
    number, revision = numbered
    written = _moment(revision.written_on, load.now, hours=1)
    programme, writer = load.programme, load.actors[company.WRITER]

    def write(session: Session) -> None:
        document_service.add_revision(
            session, programme, made[0], file, change_note=sample.change(number), actor=writer, at=written,
        )  # fmt: skip
        if revision.submitted:
            approval.submit_revision(
                session, programme, made[0], effective_on=revision.effective_on,
                next_review_on=revision.next_review_on, actor=writer, at=written + timedelta(minutes=5),
            )  # fmt: skip

    def approve(session: Session) -> None:
        at = _moment(revision.approved_on or revision.written_on, load.now, hours=3)
        manager = load.actors[company.MANAGER]
        approval.decide_revision(session, programme, made[0], approve=True, actor=manager, at=at)
        if number > 1 and not sample.number.endswith(REVISED):
            for expectation_id in sample.expectation_ids:
                confirm_link(session, programme, made[0], expectation_id, actor=writer, at=at + timedelta(minutes=1))

    yield written, write
    if revision.approved_on is not None:
        yield _moment(revision.approved_on, load.now, hours=3), approve


def _snapshot_steps(load: _Load, today: date) -> Iterator[Step]:
    """On the evening of the first day of each month of operation the officer keeps how things stand."""
    first = company.operation_start(today).replace(day=1)
    for months in range(1, MOST_SNAPSHOTS + 1):
        day = add_months(first, months)
        if day >= today:
            return
        yield _moment(day, load.now, hours=9), partial(_take, load, _moment(day, load.now, hours=9))


def _take(load: _Load, at: datetime, session: Session) -> None:
    for stage in (1, 2):
        freeze(session, load.programme, Question(stage), known_at=at, actor=load.actors[company.WRITER], at=at)


def _evidence_file(runtime: Runtime, sample: SampleEvidence, today: date) -> NewFile:
    first, last = (sample.period.start, sample.period.end) if sample.period else (sample.collected_on,) * 2
    author = company.somebody(sample.owner or sample.submitted_by)
    when = Occasion(sample.title, first, last, author, company.somebody(sample.decided_by), today, sample.collected_on)
    ending, _ = SUBJECTS[sample.expectation_id]
    content = record_content(sample.expectation_id, when)
    name = sample.title.replace("/", "、")
    return NewFile(f"{name}.{ending}", _put(runtime, MAKERS[ending](content)))


def _document_file(
    runtime: Runtime, sample: SampleDocument, number: int, whole_list: tuple[SampleDocument, ...]
) -> NewFile:
    ending = "xlsx" if sample.kind == "register" else "docx"
    content = document_content(sample, number, whole_list)
    return NewFile(f"{sample.number} {sample.title} V{number}.0.{ending}", _put(runtime, MAKERS[ending](content)))


def _put(runtime: Runtime, content: bytes) -> Blob:
    return runtime.blobs.put(io.BytesIO(content))


def _moment(day: date, now: datetime, *, hours: int = 0) -> datetime:
    """Nine in the morning of the day, where the company is, and so many hours later; never after now."""
    return min(datetime.combine(day, time(9 + hours), ZONE).astimezone(UTC), now)
