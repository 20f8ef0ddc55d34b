"""Use cases about frameworks: those we ship, those an organisation brings, and what an upgrade changes.

A version is stored whole and never changed. Nothing of a customer's is dropped: links name expectations by stable id
and stay when an upgrade removes one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.catalogue.comparison import PackDifference, compare_crosswalks, compare_packs
from app.catalogue.crosswalk import Crosswalk, crosswalk_from_body, crosswalk_to_body, unknown_clauses
from app.catalogue.models import ExpectationChange, Framework, FrameworkVersion
from app.catalogue.pack import Pack, Path, digest_of, pack_from_body, pack_to_body
from app.database import new_id
from app.errors import Conflict, Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.journal.service import Event, record
from app.language import say

FRAMEWORK, CROSSWALK = "framework", "crosswalk"
MAX_NAMED = 50
P = TypeVar("P", Pack, Crosswalk)
_OWN_FIRST = Framework.organisation_id.is_(None)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an import does, or would do: `difference` is empty where nothing changes, all added for a new pack."""

    code: str
    version: str
    former_version: str | None
    difference: PackDifference


def install_shipped(session: Session, *, at: datetime) -> list[str]:
    """Store every shipped pack that is new or has changed; returns their codes. Cheap when nothing has."""
    from app.catalogue.reading import shipped  # noqa: PLC0415 (reading YAML is slow to import and needed only here)

    return [pack.id for pack in shipped() if _store(session, pack, None, at=at) is not None]


def import_framework(
    session: Session,
    pack: Pack | Crosswalk,
    organisation_id: str,
    *,
    apply: bool,
    where: Callable[[Path], str] = lambda path: f"{path[0]}[{path[1]}]",
    actor: Actor,
    at: datetime,
) -> Upgrade:
    """Say what an organisation's own framework or crosswalk, or a new version of it, changes; `apply` brings it.

    `where` says for a refusal where in its file a part of the pack stands.
    Raises Forbidden, Conflict for the code of a shipped one, a lower version and other content under the same version.
    """
    actor.must(Permission.IMPORT_FRAMEWORK, organisation_id)
    if isinstance(pack, Crosswalk):
        _check_ends(session, pack, organisation_id, where)
    row = session.scalar(
        select(Framework).where(Framework.organisation_id == organisation_id, Framework.code == pack.id)
    )
    if row is not None:
        _check_kind(row, pack)
    elif session.get(Framework, pack.id) is not None:
        raise Conflict("{code} is shipped with the product. Give your framework another id.", code=pack.id, field="id")
    if isinstance(pack, Pack):
        _check_meanings(session, pack, organisation_id)
    former = None if row is None else _newest(session, row.id)
    if former is not None:
        _check_version(pack, former)
    upgrade = _compare(pack, former)
    if apply and _store(session, pack, organisation_id, at=at) is not None:
        after = {"code": pack.id, "version": pack.version}
        before = {"version": former.version} if former else None
        record(session, organisation_id, Event("framework.imported", pack.id, before, after), actor=actor, at=at)
    return upgrade


def frameworks(session: Session, organisation_id: str | None) -> list[Pack]:
    """Return the newest version of every framework this organisation can use, by code; the shipped ones and its own."""
    newest = _newest_of(session, _usable(session, organisation_id, FRAMEWORK))
    return [_loaded(session, version, _packs, pack_from_body) for version in newest]


def crosswalks(session: Session, organisation_id: str | None, *, known_at: datetime | None = None) -> list[Crosswalk]:
    """Return of every crosswalk this organisation can use, by code, the version in force at a moment (None: now).

    Before the first one, the first.
    """
    found = _newest_of(session, _usable(session, organisation_id, CROSSWALK), known_at=known_at)
    return [_loaded(session, version, _crosswalks, crosswalk_from_body) for version in found]


def find_framework(session: Session, code: str, organisation_id: str | None) -> Framework:
    """Return the framework of this code that the organisation can use, its own before a shipped one.

    Raises NotFound.
    """
    query = select(Framework).where(Framework.code == code, Framework.kind == FRAMEWORK, _visible(organisation_id))
    row = session.scalar(query.order_by(_OWN_FIRST).limit(1))
    if row is None:
        raise NotFound(
            "There is no framework {code}. `auditready framework list` shows those there are.",
            code=code,
            field="frameworks",
        )
    return row


def get_pack(session: Session, code: str, organisation_id: str | None, *, known_at: datetime | None = None) -> Pack:
    """Return the version in force at a moment (None: now); before the first one, the first. Raises NotFound."""
    framework = find_framework(session, code, organisation_id)
    query = select(FrameworkVersion.id, FrameworkVersion.digest).where(FrameworkVersion.framework_id == framework.id)
    known = query if known_at is None else query.where(FrameworkVersion.recorded_at <= known_at)
    newest = (FrameworkVersion.recorded_at.desc(), FrameworkVersion.id.desc())
    row = session.execute(known.order_by(*newest).limit(1)).first()
    if row is None:
        row = session.execute(query.order_by(FrameworkVersion.recorded_at, FrameworkVersion.id).limit(1)).one()
    return _loaded(session, _Version(*row), _packs, pack_from_body)


def load_pack(version: FrameworkVersion) -> Pack:
    """Return the pack that a stored version holds."""
    return pack_from_body(version.body)


def changed_expectations(session: Session, framework_id: str, *, known_at: datetime) -> dict[str, datetime]:
    """Return, for expectations that upgrades by a moment changed, or removed and added again, when they last did."""
    removed = aliased(ExpectationChange)
    again = exists().where(
        removed.framework_id == framework_id,
        removed.expectation_id == ExpectationChange.expectation_id,
        removed.change == "removed",
        removed.recorded_at < ExpectationChange.recorded_at,
    )
    query = (
        select(ExpectationChange.expectation_id, func.max(ExpectationChange.recorded_at))
        .where(
            ExpectationChange.framework_id == framework_id,
            or_(ExpectationChange.change == "changed", and_(ExpectationChange.change == "added", again)),
            ExpectationChange.recorded_at <= known_at,
        )
        .group_by(ExpectationChange.expectation_id)
    )
    return dict(session.execute(query).all())


_packs: dict[str, Pack] = {}
_crosswalks: dict[str, Crosswalk] = {}
"""By digest: a digest names its content, so an entry never goes stale; there are a handful of them."""


class _Version(NamedTuple):
    """One version without its body, which is long."""

    id: str
    digest: str


def _loaded(session: Session, version: _Version, known: dict[str, P], load: Callable[[dict[str, Any]], P]) -> P:
    """Return what a version holds, read once a process."""
    if version.digest not in known:
        known[version.digest] = load(session.get_one(FrameworkVersion, version.id).body)
    return known[version.digest]


def _store(
    session: Session, pack: Pack | Crosswalk, organisation_id: str | None, *, at: datetime
) -> FrameworkVersion | None:
    """Store a version unless it is the one in force; returns it when it is new."""
    row = session.scalar(
        select(Framework).where(
            Framework.code == pack.id,
            Framework.organisation_id.is_(None)
            if organisation_id is None
            else Framework.organisation_id == organisation_id,
        )
    )
    if row is None:
        row = Framework(
            id=pack.id if organisation_id is None else new_id(),
            organisation_id=organisation_id,
            code=pack.id,
            kind=_kind(pack),
        )
        session.add(row)
        session.flush()
    else:
        _check_kind(row, pack)
    former, body = _newest(session, row.id), _body(pack)
    digest = digest_of(body)
    if former and former.digest == digest:
        return None
    version = FrameworkVersion(
        id=new_id(), framework_id=row.id, version=pack.version, digest=digest, body=body, recorded_at=at
    )
    session.add(version)
    session.flush()
    if former is not None:
        session.add_all(_changes(version, _compare(pack, former).difference))
        session.flush()
    return version


def _kind(pack: Pack | Crosswalk) -> str:
    return FRAMEWORK if isinstance(pack, Pack) else CROSSWALK


def _check_kind(row: Framework, pack: Pack | Crosswalk) -> None:
    if row.kind != _kind(pack):
        raise Conflict("{code} is a {kind} already.", code=pack.id, kind=row.kind, field="id")


def _check_ends(session: Session, pack: Crosswalk, organisation_id: str, where: Callable[[Path], str]) -> None:
    """Raise NotFound for a framework, and Invalid for clauses, that the crosswalk names and that are not there."""
    packs = []
    for field, code in (("crosswalk.from", pack.from_id), ("crosswalk.to", pack.to_id)):
        try:
            packs.append(get_pack(session, code, organisation_id))
        except NotFound as error:
            raise NotFound(
                "{which} names the framework {code}, which is not here. Import it first.",
                which=field,
                code=code,
                field=field,
            ) from error
    unknown = unknown_clauses(pack, *packs)
    if unknown:
        clauses = tuple(f"{where(path)}: {reference}" for path, reference in unknown[:MAX_NAMED])
        more = (say("and {count} more", count=len(unknown) - MAX_NAMED),) if len(unknown) > MAX_NAMED else ()
        raise Invalid(
            "The crosswalk names clauses that are not there: {clauses}.", clauses=clauses + more, field="rows"
        )


def _check_meanings(session: Session, pack: Pack, organisation_id: str) -> None:
    """Raise Conflict where another framework knows one of the expectations as something else (DECISIONS.md, 8)."""
    mine = {each.id: (each.kind, each.action) for each in pack.expectations}
    clashes = tuple(
        say(
            "{id} ({kind}, {action} in {framework})", id=each.id, kind=each.kind, action=each.action, framework=other.id
        )
        for other in frameworks(session, organisation_id)
        if other.id != pack.id
        for each in other.expectations
        if mine.get(each.id, (each.kind, each.action)) != (each.kind, each.action)
    )
    if clashes:
        raise Conflict(
            "An expectation has one kind and action wherever it is expected: {clashes}. Use the same, or another id.",
            clashes=clashes,
            field="clauses",
        )


def _check_version(pack: Pack | Crosswalk, former: FrameworkVersion) -> None:
    """Raise Conflict for an upgrade that does not go up; the same content under the same version is none."""
    given = {"version": pack.version, "code": pack.id, "present": former.version}
    if _steps(pack.version) < _steps(former.version):
        raise Conflict(
            "Version {version} of {code} is lower than {present}, which is here. Raise the version.",
            field="version",
            **given,
        )
    if pack.version == former.version and former.digest != digest_of(_body(pack)):
        raise Conflict(
            "Version {version} of {code} is there with other content. Raise the version.", field="version", **given
        )


def _steps(version: str) -> tuple[int, ...]:
    return tuple(int(step) for step in version.split("."))


def _changes(version: FrameworkVersion, difference: PackDifference) -> Iterable[ExpectationChange]:
    found = difference.expectations
    named = (
        [(each, "added") for each in found.added]
        + [(each, "removed") for each in found.removed]
        + [(each.id, "changed") for each in found.changed]
    )
    for expectation_id, change in named:
        yield ExpectationChange(
            version_id=version.id,
            expectation_id=expectation_id,
            framework_id=version.framework_id,
            change=change,
            recorded_at=version.recorded_at,
        )


def _compare(pack: Pack | Crosswalk, former: FrameworkVersion | None) -> Upgrade:
    if isinstance(pack, Pack):
        difference = compare_packs(load_pack(former) if former else None, pack)
    else:
        difference = compare_crosswalks(crosswalk_from_body(former.body) if former else None, pack)
    return Upgrade(pack.id, pack.version, former.version if former else None, difference)


def _newest(session: Session, framework_id: str) -> FrameworkVersion | None:
    query = select(FrameworkVersion).where(FrameworkVersion.framework_id == framework_id)
    return session.scalars(
        query.order_by(FrameworkVersion.recorded_at.desc(), FrameworkVersion.id.desc()).limit(1)
    ).first()


def _newest_of(session: Session, framework_ids: list[str], *, known_at: datetime | None = None) -> list[_Version]:
    version = FrameworkVersion
    query = (
        select(version.framework_id, version.id, version.digest, version.recorded_at)
        .join(Framework, Framework.id == FrameworkVersion.framework_id)
        .where(FrameworkVersion.framework_id.in_(framework_ids))
        .order_by(Framework.code, FrameworkVersion.recorded_at, FrameworkVersion.id)
    )
    found: dict[str, _Version] = {}
    for framework_id, version_id, digest, recorded_at in session.execute(query):
        if known_at is None or recorded_at <= known_at or framework_id not in found:
            found[framework_id] = _Version(version_id, digest)
    return list(found.values())


def _usable(session: Session, organisation_id: str | None, kind: str) -> list[str]:
    """Return the ids of what the organisation can use; its own takes the place of a shipped one with the same code."""
    rows = session.scalars(
        select(Framework).where(_visible(organisation_id), Framework.kind == kind).order_by(_OWN_FIRST.desc())
    )
    return list({row.code: row.id for row in rows}.values())


def _visible(organisation_id: str | None) -> Any:  # noqa: ANN401 (a condition of SQLAlchemy's own making)
    return or_(Framework.organisation_id.is_(None), Framework.organisation_id == organisation_id)


def _body(pack: Pack | Crosswalk) -> dict[str, Any]:
    return pack_to_body(pack) if isinstance(pack, Pack) else crosswalk_to_body(pack)
