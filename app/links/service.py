"""Use cases about links. An expectation is named by its stable id, which frameworks share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import chain

from sqlalchemy import Update, bindparam, column, insert, inspect, select, table, update
from sqlalchemy.orm import Session

from app.catalogue import service as catalogue
from app.catalogue.pack import Pack
from app.database import new_id
from app.errors import Invalid, NotFound
from app.identity.actor import Actor, Permission
from app.journal.service import Event
from app.links.models import Link
from app.links.past import live
from app.past import as_known
from app.programmes import service as programmes
from app.programmes.models import Programme


class LinkKind(StrEnum):
    """What is linked."""

    EVIDENCE = "evidence"
    DOCUMENT = "document"


def _raise(table_name: str, revision: str) -> Update:
    items = table(table_name, column("id"), column(revision))
    return update(items).where(items.c.id == bindparam("item")).values({revision: items.c[revision] + 1})


_RAISE = {LinkKind.EVIDENCE: _raise("evidence", "revision"), LinkKind.DOCUMENT: _raise("documents", "revision_lock")}


def make_links(
    session: Session,
    programme: Programme,
    kind: LinkKind,
    item_id: str,
    expectation_ids: Iterable[str],
    *,
    actor: Actor,
    at: datetime,
) -> list[Link]:
    """Say that the item answers these expectations; ones already linked are left as they are.

    The caller has checked the actor's right. Raises NotFound for an id that no framework of the programme has; then no
    link is made.
    """
    wanted = dict.fromkeys(expectation_ids)
    if not wanted:
        return []
    check_expectations(session, programme, wanted)
    present = set(
        session.scalars(select(Link.expectation_id).where(Link.item_id == item_id, Link.removed_at.is_(None)))
    )
    by = {"made_at": at, "made_by": actor.id, "confirmed_at": at, "confirmed_by": actor.id}
    made = [
        Link(**_link(programme, kind, item_id, expectation_id), **by)
        for expectation_id in wanted
        if expectation_id not in present
    ]
    session.add_all(made)
    session.flush()
    return made


def link_new(
    session: Session,
    programme: Programme,
    kind: LinkKind,
    wanted: Mapping[str, Iterable[str]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Say of items that were just made, by their ids, which expectations they answer; as many as there are, in one go.

    The caller has checked the actor's right. Raises NotFound as `make_links`; then no link is made.
    """
    check_expectations(session, programme, dict.fromkeys(chain.from_iterable(wanted.values())))
    by = {"made_at": at, "made_by": actor.id, "confirmed_at": at, "confirmed_by": actor.id}
    rows = [
        {**_link(programme, kind, item_id, expectation_id), **by}
        for item_id, expectation_ids in wanted.items()
        for expectation_id in dict.fromkeys(expectation_ids)
    ]
    if rows:
        session.connection().execute(insert(Link), rows)


def _link(programme: Programme, kind: LinkKind, item_id: str, expectation_id: str) -> dict[str, str]:
    return {
        "id": new_id(),
        "programme_id": programme.id,
        "kind": kind.value,
        "item_id": item_id,
        "expectation_id": expectation_id,
    }


def check_expectations(session: Session, programme: Programme, expectation_ids: Iterable[str]) -> None:
    """Raise NotFound where no framework of the programme has one of these expectations."""
    wanted = list(expectation_ids)
    packs = packs_of(session, programme) if wanted else []
    for expectation_id in wanted:
        if all(pack.expectation(expectation_id) is None for pack in packs):
            raise NotFound(
                "No framework of this programme expects {id}. `auditready framework show` lists what is expected.",
                id=expectation_id,
                field="expectation_ids",
            )


def check_nil_return(session: Session, programme: Programme, expectation_ids: Iterable[str]) -> None:
    """Raise Invalid for an expectation that a nil return does not answer in any framework of the programme."""
    refuse_nil_return(packs_of(session, programme), expectation_ids)


def refuse_nil_return(packs: Sequence[Pack], expectation_ids: Iterable[str]) -> None:
    """Raise Invalid for an expectation that a nil return does not answer in any of these packs."""
    for expectation_id in expectation_ids:
        found = [each for pack in packs if (each := pack.expectation(expectation_id))]
        if found and not any(each.nil_return for each in found):
            raise Invalid(
                "{name} takes no nil return: something is due in every period. Add the record itself.",
                name=found[0].name,
                field="nil_return",
            )


def packs_of(session: Session, programme: Programme) -> list[Pack]:
    """Return the packs of the programme's frameworks, in its order."""
    profile = programmes.profile_of(session, programme)
    return [catalogue.get_pack(session, code, programme.organisation_id) for code in profile.frameworks]


def remove_link(
    session: Session, programme: Programme, item_id: str, expectation_id: str, *, actor: Actor, at: datetime
) -> Link:
    """End a link; that it was there stays on record. Raises Forbidden, NotFound."""
    actor.must(Permission.LINK, programme.organisation_id, programme.id)
    link = _live(session, programme, item_id, expectation_id)
    link.removed_at, link.removed_by = at, actor.id
    return _noted(session, programme, link, "link.removed", actor, at)


def confirm_link(
    session: Session, programme: Programme, item_id: str, expectation_id: str, *, actor: Actor, at: datetime
) -> Link:
    """Say that the link still holds after a change. Raises Forbidden, NotFound.

    The old link ends and a new one begins, so that a past moment still sees what was confirmed then.
    """
    actor.must(Permission.LINK, programme.organisation_id, programme.id)
    old = _live(session, programme, item_id, expectation_id)
    old.removed_at, old.removed_by = at, actor.id
    session.flush()
    link = Link(
        id=new_id(),
        programme_id=programme.id,
        kind=old.kind,
        item_id=item_id,
        expectation_id=expectation_id,
        made_at=at,
        made_by=old.made_by,
        confirmed_at=at,
        confirmed_by=actor.id,
    )
    session.add(link)
    return _noted(session, programme, link, "link.confirmed", actor, at)


def links_of(session: Session, item_ids: Sequence[str], *, known_at: datetime | None = None) -> dict[str, list[Link]]:
    """Return the links of these items that were there at a moment, None for now, each list by expectation id."""
    found: dict[str, list[Link]] = {item_id: [] for item_id in item_ids}
    query = select(Link).where(Link.item_id.in_(item_ids), live(known_at)).order_by(Link.expectation_id)
    for link in session.scalars(query):
        found[link.item_id].append(as_known(link, known_at))
    return found


def _live(session: Session, programme: Programme, item_id: str, expectation_id: str) -> Link:
    link = session.scalar(
        select(Link)
        .where(
            Link.programme_id == programme.id,
            Link.item_id == item_id,
            Link.expectation_id == expectation_id,
            Link.removed_at.is_(None),
        )
        .with_for_update()
    )
    if link is None:
        raise NotFound("There is no such link.")
    return link


def _noted(session: Session, programme: Programme, link: Link, action: str, actor: Actor, at: datetime) -> Link:
    session.flush()
    _count_change(session, link)
    event = Event(action, link.item_id, after={"expectation": link.expectation_id})
    programmes.note(session, programme, event, actor=actor, at=at)
    return link


def _count_change(session: Session, link: Link) -> None:
    """Raise the revision of the item, its ETag. Its table lies above this floor, so it is named here."""
    session.execute(_RAISE[LinkKind(link.kind)], {"item": link.item_id})
    for each in session.identity_map.values():  # what was loaded of it before is old now
        if inspect(each).identity == (link.item_id,):
            session.expire(each)
