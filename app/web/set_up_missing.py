"""What a programme's registers still lack, in a sentence each."""

from collections.abc import Iterator, Mapping, Sequence

from app.catalogue.pack import Pack, Process
from app.language import Message, say
from app.programmes.registers import AuditKind, Limits, PartyKind, Profile
from app.programmes.service import Recorded

Registers = Mapping[str, Sequence[Recorded]]


def missing(registers: Registers, packs: Sequence[Pack]) -> dict[str, tuple[Message, ...]]:
    """Return what is missing by register; nothing of those that may well be empty."""
    return {
        "profile": tuple(_of_profile(registers["profile"][0].entry)) if registers["profile"] else (),
        "services": tuple(_of_services(registers)),
        "sites": () if registers["sites"] else (say("None yet."),),
        "parties": () if registers["parties"] else (say("None yet."),),
        "agreements": tuple(_of_agreements(registers)),
        "audits": tuple(_of_audits(registers)),
        "owners": tuple(_of_owners(registers, packs)),
    }


def processes_without_owner(registers: Registers, packs: Sequence[Pack]) -> list[tuple[Pack, Process]]:
    """Return the processes that no owner answers for, also not through a clause above."""
    owned = [(each.entry.framework, each.entry.clause) for each in registers["owners"]]
    return [
        (pack, process)
        for pack in packs
        for process in pack.processes
        if not any(
            framework == pack.id and (process.clause == clause or process.clause.startswith(clause + "."))
            for framework, clause in owned
        )
    ]


def changed_limits(limits: Limits) -> int:
    """Return how many limits are not the defaults."""
    default = Limits()
    return sum(getattr(limits, name) != getattr(default, name) for name in Limits.__slots__)


def _of_profile(profile: Profile) -> Iterator[Message]:
    if not profile.scope_en and not profile.scope_zh:
        yield say("The scope sentence is missing.")
    if not profile.frameworks:
        yield say("No framework is chosen.")
    if profile.start_of_operation is None:
        yield say("The start of operation is missing.")


def _of_services(registers: Registers) -> Iterator[Message]:
    services = [each.entry for each in registers["services"]]
    if not services:
        yield say("None yet.")
    unowned = sum(each.owner_id is None for each in services)
    unagreed = sum(not each.requirements for each in services)
    if unowned:
        yield say("Without an owner: {count}.", count=unowned)
    if unagreed:
        yield say("Without agreed requirements: {count}.", count=unagreed)


def _of_agreements(registers: Registers) -> Iterator[Message]:
    agreements = [each.entry for each in registers["agreements"]]
    services = {each.service_id for each in agreements}
    parties = {each.party_id for each in agreements}
    uncovered = sum(each.id not in services for each in registers["services"])
    unbound = sum(each.id not in parties for each in registers["parties"] if each.entry.kind is not PartyKind.CUSTOMER)
    if uncovered:
        yield say("Services without an agreement: {count}.", count=uncovered)
    if unbound:
        yield say("Suppliers without an agreement: {count}.", count=unbound)


def _of_audits(registers: Registers) -> Iterator[Message]:
    kinds = {each.entry.kind for each in registers["audits"]}
    if AuditKind.STAGE_1 not in kinds:
        yield say("Stage 1 is not planned.")
    if AuditKind.STAGE_2 not in kinds:
        yield say("Stage 2 is not planned.")


def _of_owners(registers: Registers, packs: Sequence[Pack]) -> Iterator[Message]:
    left = len(processes_without_owner(registers, packs))
    if left:
        yield say("Processes without an owner: {count}.", count=left)
