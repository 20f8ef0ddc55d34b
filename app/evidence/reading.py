"""Reads of evidence: pages of the list, one item with its history, the bytes of a file."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.evidence.filters import STATES, Filter, conditions, in_force
from app.evidence.models import Evidence, EvidenceFile, EvidenceVersion
from app.identity.actor import Actor, Permission
from app.links.models import Link
from app.links.service import links_of
from app.paging import DEFAULT_PAGE, Page, check_limit, page_of, read_cursor
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
    actor: Actor,
    cursor: str | None = None,
    limit: int = DEFAULT_PAGE,
) -> Page[EvidenceView]:
    """Return a page of evidence, newest first, each with its newest version. At most five queries, however many rows.

    Raises Forbidden, NotFound, Invalid. Who may not read drafts sees what is in force: evidence with an accepted
    version, also while a newer one waits, and that version.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    limit, after = check_limit(limit), read_cursor(cursor, "evidence")
    drafts = actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    query = select(Evidence).where(*conditions(session, programme, wanted, drafts=drafts))
    if after is not None:
        query = query.where(Evidence.id < after)
    found = list(session.scalars(query.order_by(Evidence.id.desc()).limit(limit + 1)))
    page = page_of(found, limit, [each.id for each in found], "evidence")
    outside = actor.is_outside(programme.organisation_id, programme.id)
    return Page(_views(session, page.items, newest_only=True, drafts=drafts, outside=outside), page.cursor)


def get_evidence(session: Session, programme: Programme, evidence_id: str, *, actor: Actor) -> EvidenceView:
    """Return one piece of evidence with all its versions. Raises Forbidden, NotFound.

    Who may not read drafts sees only versions that were accepted.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    evidence = session.get(Evidence, evidence_id)
    if evidence is None or evidence.programme_id != programme.id:
        raise NotFound("There is no such evidence in this programme.")
    drafts = actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    outside = actor.is_outside(programme.organisation_id, programme.id)
    [view] = _views(session, [evidence], newest_only=False, drafts=drafts, outside=outside)
    if not drafts and (not view.versions or evidence.withdrawn_at is not None):
        raise NotFound("There is no such evidence in this programme.")
    return view


def newest_for(
    session: Session, programme: Programme, expectation_ids: Sequence[str], *, actor: Actor, most: int
) -> dict[str, list[LinkedEvidence]]:
    """Return for each expectation its newest evidence, up to `most`, newest first. Four queries, however many rows.

    Withdrawn evidence is left out. Raises Forbidden, NotFound. Who may not read drafts sees what is in force.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    drafts = actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id)
    visible = Evidence.state != "withdrawn" if drafts else in_force()
    if not expectation_ids:
        return {}
    newest = [
        select(Link.expectation_id, Link.item_id)
        .join(Evidence, Evidence.id == Link.item_id)
        .where(
            Link.programme_id == programme.id,
            Link.kind == "evidence",
            Link.expectation_id == expectation_id,
            Link.removed_at.is_(None),
            visible,
        )
        .order_by(Link.item_id.desc())
        .limit(most)
        .subquery()
        for expectation_id in dict.fromkeys(expectation_ids)
    ]  # one short walk of the index each: an expectation may have a hundred thousand
    pairs = session.execute(union_all(*(select(each) for each in newest))).all()
    shown = _live(session, {item_id for _, item_id in pairs}, drafts=drafts)
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


def count_evidence(session: Session, programme: Programme, *, actor: Actor) -> dict[str, int]:
    """Return how much evidence there is in each state. Raises Forbidden, NotFound.

    Who may not read drafts is told what they see only, all of it as accepted.
    """
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(Evidence.state, func.count()).where(Evidence.programme_id == programme.id).group_by(Evidence.state)
    if not actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        seen = select(func.count()).where(Evidence.programme_id == programme.id, in_force())
        return dict.fromkeys(STATES, 0) | {"accepted": session.scalar(seen) or 0}
    return dict.fromkeys(STATES, 0) | dict(session.execute(query).all())


def titles_of(session: Session, programme: Programme, ids: Collection[str], *, actor: Actor) -> dict[str, str]:
    """Return the titles of the evidence among these ids, by id, in one query. Raises Forbidden, NotFound."""
    actor.must(Permission.READ, programme.organisation_id, programme.id)
    query = select(Evidence.id, Evidence.title).where(Evidence.programme_id == programme.id, Evidence.id.in_(ids))
    if not actor.may(Permission.READ_DRAFTS, programme.organisation_id, programme.id):
        query = query.where(in_force())
    return dict(session.execute(query).all())


def _live(session: Session, ids: Collection[str], *, drafts: bool) -> dict[str, LinkedEvidence]:
    """Return evidence by id with the version in force, else the newest: one or two of each have not ended."""
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id.in_(ids), EvidenceVersion.ended_at.is_(None))
    if not drafts:
        query = query.where(EvidenceVersion.decision == "accepted")
    versions: defaultdict[str, list[EvidenceVersion]] = defaultdict(list)
    for version in session.scalars(query.order_by(EvidenceVersion.number.desc())):
        versions[version.evidence_id].append(version)
    chosen = {
        evidence_id: next((each for each in several if each.decision == "accepted"), several[0])
        for evidence_id, several in versions.items()
    }
    files: defaultdict[str, list[EvidenceFile]] = defaultdict(list)
    of_these = EvidenceFile.version_id.in_([version.id for version in chosen.values()])
    for file in session.scalars(select(EvidenceFile).where(of_these).order_by(EvidenceFile.position)):
        files[file.version_id].append(file)
    return {
        each.id: LinkedEvidence(each, version := chosen[each.id], versions[each.id][0], tuple(files[version.id]))
        for each in session.scalars(select(Evidence).where(Evidence.id.in_(ids)))
    }


def _views(
    session: Session, several: Sequence[Evidence], *, newest_only: bool, drafts: bool, outside: bool
) -> tuple[EvidenceView, ...]:
    ids = [each.id for each in several]
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id.in_(ids))
    if not drafts:
        query = query.where(EvidenceVersion.decision == "accepted")
    versions: dict[str, list[EvidenceVersion]] = {evidence_id: [] for evidence_id in ids}
    for version in session.scalars(query.order_by(EvidenceVersion.evidence_id, EvidenceVersion.number.desc())):
        known = versions[version.evidence_id]
        if not (newest_only and known):
            known.append(version)
    shown = [version.id for several_versions in versions.values() for version in several_versions]
    files: dict[str, list[EvidenceFile]] = {version_id: [] for version_id in shown}
    in_order = select(EvidenceFile).where(EvidenceFile.version_id.in_(shown)).order_by(EvidenceFile.position)
    for file in session.scalars(in_order):
        files[file.version_id].append(file)
    linked = links_of(session, ids)
    return tuple(
        EvidenceView(
            each,
            tuple(VersionView(version, tuple(files[version.id])) for version in versions[each.id]),
            tuple(linked[each.id]),
            each.state if drafts else "accepted",
            next((version.number for version in versions[each.id]), 0) if outside else each.revision,
        )
        for each in several
    )
