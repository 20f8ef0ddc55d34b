"""What may be wrong with an expectation's items whatever they prove: owner, files, links."""

from collections.abc import Iterable, Iterator

from app.language import say
from app.readiness.case import Case
from app.readiness.facts import Damage, Suspect
from app.readiness.findings import Finding, Item, Severity
from app.readiness.rules.documents import effective_papers


def nobody_owns(case: Case) -> Iterator[Finding]:
    """`owner-missing` where neither the clause (or its process) nor any item that counts has an owner."""
    if case.need.optional or case.need.owner is not None:
        return
    counting = case.accepted if case.need.action == "retain" else effective_papers(case)
    if any(item.owner for item in counting):
        return
    yield Finding(
        code="owner-missing",
        severity=Severity.AT_RISK,
        subject=case.need.id,
        clause=case.need.clause,
        message=say("{name}: nobody is responsible for it.", name=case.need.name),
        next_step=say("Name an owner for the clause or process, or for the item."),
    )


def file_damaged(case: Case) -> Iterator[Finding]:
    """`file-damaged` where stored bytes of a linked item are gone or disagree with their SHA-256. Source: RC-03."""
    found = [damage for damage in case.damages if damage.found_on <= case.view.known_on]
    if found:
        yield Finding(
            code="file-damaged",
            severity=Severity.BLOCKING,
            subject=case.need.id,
            clause=case.need.clause,
            message=say(
                "{name}: stored files are damaged: {files}.",
                name=case.need.name,
                files=tuple(sorted({damage.file_name for damage in found})),
            ),
            next_step=say("Restore the files from a backup, or submit the original again."),
            items=_items(case, found),
            days=(min(damage.found_on for damage in found),),
        )


def link_suspect(case: Case) -> Iterator[Finding]:
    """`link-suspect` where the linked document or the framework changed after the link was last confirmed."""
    found = [suspect for suspect in case.suspects if suspect.changed_on <= case.view.known_on]
    if found:
        yield Finding(
            code="link-suspect",
            severity=Severity.AT_RISK,
            subject=case.need.id,
            clause=case.need.clause,
            message=say(
                "{name}: changed since the link was confirmed: {titles}.",
                name=case.need.name,
                titles=tuple(sorted({suspect.title for suspect in found})),
            ),
            next_step=say("Look whether the item still answers the expectation, then confirm or remove the link."),
            items=_items(case, found),
            days=(max(suspect.changed_on for suspect in found),),
        )


def _items(case: Case, found: Iterable[Damage | Suspect]) -> tuple[Item, ...]:
    documents = {paper.document_id for paper in case.papers}
    return tuple(
        sorted(
            {Item("document" if each.item_id in documents else "evidence", each.item_id, each.title) for each in found}
        )
    )
