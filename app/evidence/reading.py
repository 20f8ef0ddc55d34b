"""Reads of evidence: pages of the list, one item with its history, the bytes of a file."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.evidence import past
from app.evidence.filters import NEWEST_FIRST, ORDERS, STATES, Filter, Sight, conditions, in_order
from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.identity.actor import Actor, Permission
from app.links.models import Link
from app.links.past import live
from app.links.service import links_of
from app.ordering import BACKWARDS, Stretch, check_sort, page_in_order
from app.paging import DEFAULT_PAGE, Page
from app.past import as_known, there
from app.programmes.models import Programme
from app.storage.blobs import Blob, Blobs


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version and its files in their order."""

    version: EvidenceVersion
    files: tuple[EvidenceFile, ...]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Evidence with its versions, newest first (in lists only the newest), and its live links.

    `state` is accepted for those who may not read drafts; `revision` counts changes, for those outside what they see.
    """

    evidence: Evidence
    versions: tuple[VersionView, ...]
    links: tuple[Link, ...]
    state: str
    revision: int


@dataclass(frozen=True, slots=True)
class LinkedEvidence:
    """Evidence with the version in force, else the newest one, and that version's files.

    `newest` is another version where one waits, or was rejected, while an older one is in force.
    """

    evidence: Evidence
    version: EvidenceVersion
    newest: EvidenceVersion
    files: tuple[EvidenceFile, ...]


def list_evidence(
    session: Session,
    programme: Programme,
    wanted: Filter,
    *,
    known_at: datetime | None = None,
    actor: Actor,
    cursor: str | None = None,
    limit: int = DEFAULT_PAGE,
) -> Page[EvidenceView]:
    """Return a page of evidence in its order, each with its newest version. At most nine queries, however many rows.

    All as known at a moment, None for now. Raises Forbidden, NotFound, Invalid. Who may not read drafts sees what is
    in force: evidence with an accepted version, also while a newer one waits, and that version.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    sight = _sight(programme, actor, known_at)
    stretch = Stretch("evidence", check_sort(wanted.sort, ORDERS, NEWEST_FIRST), cursor, limit)
    query, order = in_order(programme, stretch.sort.removeprefix(BACKWARDS), sight)
    narrowed = query.where(*conditions(session, programme, wanted, sight))
    page = page_in_order(session, query, narrowed, order, stretch)
    return Page(_views(session, page.items, sight, newest_only=True), page.cursor)


def get_evidence(
    session: Session, programme: Programme, evidence_id: str, *, known_at: datetime | None = None, actor: Actor
) -> EvidenceView:
    """Return one piece of evidence with all its versions, as known at a moment, None for now.

    Raises Forbidden, NotFound. Who may not read drafts sees only versions that were accepted.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    evidence = session.get(Evidence, evidence_id)
    if evidence is None or evidence.programme_id != programme.id:
        raise NotFound("There is no such evidence in this programme.")
    sight = _sight(programme, actor, known_at)
    [view] = _views(session, [evidence], sight, newest_only=False)
    if not sight.drafts and (not view.versions or evidence.withdrawn_at is not None):
        raise NotFound("There is no such evidence in this programme.")
    if not view.versions:
        raise NotFound("This evidence was recorded later. Go back to today to see it.")
    return view


def newest_for(
    session: Session,
    programme: Programme,
    expectation_ids: Sequence[str],
    *,
    known_at: datetime | None = None,
    actor: Actor,
    most: int,
) -> dict[str, list[LinkedEvidence]]:
    """Return for each expectation its newest evidence, up to `most`, newest first. Five queries, however many rows.

    All as known at a moment, None for now. Withdrawn evidence is left out. Raises Forbidden, NotFound. Who may not read
    drafts sees what is in force.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    if not expectation_ids:
        return {}
    sight = _sight(programme, actor, known_at)
    there_then = there(Evidence.created_at, Evidence.withdrawn_at, known_at)
    newest = [
        select(Link.expectation_id, Link.item_id)
        .join(Evidence, Evidence.id == Link.item_id)
        .where(
            Link.programme_id == programme.id,
            Link.kind == "evidence",
            Link.expectation_id == expectation_id,
            live(known_at),
            there_then if sight.drafts else sight.evidence,
        )
        .order_by(Link.item_id.desc())
        .limit(most)
        .subquery()
        for expectation_id in dict.fromkeys(expectation_ids)
    ]  # one short walk of the index each: an expectation may have a hundred thousand
    pairs = session.execute(union_all(*(select(each) for each in newest))).all()
    shown = _standing(session, {item_id for _, item_id in pairs}, sight)
    found: dict[str, list[LinkedEvidence]] = {expectation_id: [] for expectation_id in expectation_ids}
    for expectation_id, item_id in sorted(pairs, key=lambda pair: pair[1], reverse=True):
        found[expectation_id].append(shown[item_id])
    return found


def open_file(
    session: Session, blobs: Blobs, programme: Programme, evidence_id: str, *, number: int, position: int, actor: Actor
) -> tuple[EvidenceFile, Iterator[bytes]]:
    """Return a file and its bytes, hashed while they are read. Raises Forbidden, NotFound, Damaged."""
    view = get_evidence(session, programme, evidence_id, actor=actor)
    for each in view.versions:
        if each.version.number == number:
            for file in each.files:
                if file.position == position:
                    return file, blobs.read(Blob(file.sha256, file.size_bytes))
    raise NotFound("There is no such file in this evidence.")


def count_evidence(
    session: Session, programme: Programme, *, known_at: datetime | None = None, actor: Actor
) -> dict[str, int]:
    """Return how much evidence there was in each state at a moment, None for now. Raises Forbidden, NotFound.

    Who may not read drafts is told what they see only, all of it as accepted.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    sight = _sight(programme, actor, known_at)
    seen = (Evidence.programme_id == programme.id, sight.evidence)
    if not sight.drafts:
        return dict.fromkeys(STATES, 0) | {"accepted": session.scalar(select(func.count()).where(*seen)) or 0}
    state = past.state(known_at).label("state")
    found = session.execute(select(state, func.count()).where(*seen).group_by(state)).all()
    return dict.fromkeys(STATES, 0) | dict(found)


def titles_of(
    session: Session, programme: Programme, ids: Collection[str], *, known_at: datetime | None = None, actor: Actor
) -> dict[str, str]:
    """Return what the evidence among these ids was called at a moment, None for now. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(Evidence.id, Evidence.title).where(Evidence.programme_id == programme.id, Evidence.id.in_(ids))
    found: dict[str, str] = dict(session.execute(query.where(_sight(programme, actor, known_at).evidence)).all())
    former = past.former_names(session, programme.id, known_at, found)
    return found | {evidence_id: each.title for evidence_id, each in former.items()}


def _sight(programme: Programme, actor: Actor, known_at: datetime | None) -> Sight:
    place = programme.organisation_id, programme.id
    return Sight(actor.may(Permission.READ_DRAFTS, *place), known_at, actor.is_outside(*place))


def _standing(session: Session, ids: Collection[str], sight: Sight) -> dict[str, LinkedEvidence]:
    """Return evidence by id with the version in force, else the newest: one or two of each have not ended."""
    known_at = sight.known_at
    query = select(EvidenceVersion).where(
        EvidenceVersion.evidence_id.in_(ids), past.standing(known_at), sight.versions()
    )
    versions: defaultdict[str, list[EvidenceVersion]] = defaultdict(list)
    for version in session.scalars(query.order_by(EvidenceVersion.number.desc())):
        versions[version.evidence_id].append(as_known(version, known_at))
    chosen = {
        evidence_id: next((each for each in several if each.decision == "accepted"), several[0])
        for evidence_id, several in versions.items()
    }
    files: defaultdict[str, list[EvidenceFile]] = defaultdict(list)
    of_these = EvidenceFile.version_id.in_([version.id for version in chosen.values()])
    for file in session.scalars(select(EvidenceFile).where(of_these).order_by(EvidenceFile.position)):
        files[file.version_id].append(file)
    rows = session.scalars(select(Evidence).where(Evidence.id.in_(ids))).all()
    newest = {evidence_id: several[0] for evidence_id, several in versions.items()}
    return {
        each.id: LinkedEvidence(each, version := chosen[each.id], newest[each.id], tuple(files[version.id]))
        for each in past.evidence_then(session, rows, _states(newest), known_at)
    }


def _states(newest: Mapping[str, EvidenceVersion]) -> dict[str, str]:
    return {evidence_id: version.decision or "submitted" for evidence_id, version in newest.items()}


def _views(
    session: Session, several: Sequence[Evidence], sight: Sight, *, newest_only: bool
) -> tuple[EvidenceView, ...]:
    ids = [each.id for each in several]
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id.in_(ids), sight.versions())
    versions: dict[str, list[EvidenceVersion]] = {evidence_id: [] for evidence_id in ids}
    for version in session.scalars(query.order_by(EvidenceVersion.evidence_id, EvidenceVersion.number.desc())):
        known = versions[version.evidence_id]
        if not (newest_only and known):
            known.append(as_known(version, sight.known_at))
    shown = [version.id for several_versions in versions.values() for version in several_versions]
    files: dict[str, list[EvidenceFile]] = {version_id: [] for version_id in shown}
    in_order = select(EvidenceFile).where(EvidenceFile.version_id.in_(shown)).order_by(EvidenceFile.position)
    for file in session.scalars(in_order):
        files[file.version_id].append(file)
    linked = links_of(session, ids, known_at=sight.known_at)
    newest = {id_: found[0] for id_, found in versions.items() if found}
    return tuple(
        EvidenceView(
            each,
            tuple(VersionView(version, tuple(files[version.id])) for version in versions[each.id]),
            tuple(linked[each.id]),
            each.state if sight.drafts else "accepted",
            next((version.number for version in versions[each.id]), 0) if sight.outside else each.revision,
        )
        for each in past.evidence_then(session, several, _states(newest), sight.known_at)
    )
