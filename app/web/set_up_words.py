"""What the registers, their fields and their limits are called on the pages, and where each limit comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.language import Message, say
from app.programmes.registers import AgreementKind, AuditKind, PartyKind


@dataclass(frozen=True, slots=True)
class RegisterWords:
    """A register in words: its name, what it is good for, what one entry is called, and what its list shows."""

    title: Message
    purpose: Message
    add: Message
    columns: tuple[str, ...] = ()


REGISTERS: Mapping[str, RegisterWords] = {
    "profile": RegisterWords(
        say("Scope and frameworks"),
        say("What is to be certified, in one sentence an auditor can quote, and against which standards."),
        say("Edit"),
    ),
    "services": RegisterWords(
        say("Services"),
        say("The service catalogue: every service in the scope, whose it is, and where its requirements are agreed."),
        say("Add a service"),
        ("name", "owner_id", "requirements"),
    ),
    "sites": RegisterWords(
        say("Sites"),
        say("Where the services are managed or delivered; the auditor chooses from these which to visit."),
        say("Add a site"),
        ("name", "address"),
    ),
    "parties": RegisterWords(
        say("Suppliers and other parties"),
        say("Customers, suppliers and internal parties that have a part in the services."),
        say("Add a party"),
        ("name", "kind"),
    ),
    "agreements": RegisterWords(
        say("Agreements"),
        say("Service level agreements with customers, contracts with suppliers, agreements inside the organisation."),
        say("Add an agreement"),
        ("title", "kind", "service_id", "party_id", "starts_on", "ends_on"),
    ),
    "audits": RegisterWords(
        say("Audit days"),
        say("When auditors come. Readiness for a stage is judged on the first day of its audit."),
        say("Plan an audit"),
        ("kind", "planned_on", "until_on", "body"),
    ),
    "owners": RegisterWords(
        say("Process owners"),
        say("Who answers for a clause and everything below it. What is to be done there is theirs."),
        say("Name an owner"),
        ("clause", "owner_id"),
    ),
    "waivers": RegisterWords(
        say("Waivers"),
        say("Customary items that you set aside for a reason until a day; never what the standard itself demands."),
        say("Waive something"),
        ("expectation_id", "reason", "until"),
    ),
    "ages": RegisterWords(
        say("Ages of evidence"),
        say("How old evidence may be where this programme wants another limit than the catalogue."),
        say("Set an age"),
        ("expectation_id", "max_age_days", "reason"),
    ),
    "settings": RegisterWords(
        say("Time limits"),
        say("How long things hold and how soon they are due. Each has a default with its source."),
        say("Edit"),
    ),
}
"""In the order of the overview."""
EMPTY: Mapping[str, Message] = {
    "services": say("No service yet. Without one there is nothing to certify: add those that customers use first."),
    "sites": say("No site yet. Add where the services are managed, then where they are delivered."),
    "parties": say("No party yet. Add the customers first, then every supplier whose failure customers would notice."),
    "agreements": say("No agreement yet. Auditors expect one for every service and every supplier."),
    "audits": say("No audit is planned yet. Plan stage 1 and stage 2: every countdown and every last day follows."),
    "owners": say("Nobody answers for a clause yet. Name an owner for every process."),
    "waivers": say("Nothing is waived, and that is how auditors like it."),
    "ages": say("No age is set here: those of the catalogue hold."),
}
FIELDS: Mapping[str, Message] = {
    "name": say("Name"),
    "name_zh": say("Name in Chinese"),
    "name_en": say("Name in English"),
    "scope_zh": say("Scope in Chinese"),
    "scope_en": say("Scope in English"),
    "frameworks": say("Frameworks"),
    "start_of_operation": say("Start of operation"),
    "address": say("Address"),
    "owner_id": say("Owner"),
    "requirements": say("Where its requirements are agreed"),
    "kind": say("Kind"),
    "title": say("Title"),
    "service_id": say("Service"),
    "party_id": say("Party"),
    "starts_on": say("From"),
    "ends_on": say("Until"),
    "planned_on": say("First day"),
    "until_on": say("Last day"),
    "body": say("Audited by"),
    "expectation_id": say("Expectation"),
    "reason": say("Reason"),
    "until": say("Until"),
    "clause": say("Clause or process"),
    "max_age_days": say("Most days old"),
    "code": say("Code"),
    "time_zone": say("Time zone"),
    "languages": say("Languages"),
    "login": say("Login"),
    "password": say("Password"),
    "role": say("Role"),
    "days": say("Days it lasts"),
}
HINTS: Mapping[str, Message] = {
    "profile.scope_zh": say("The same words as in the scope statement and in the application for certification."),
    "profile.start_of_operation": say("The day since which the processes are run as written; records count from here."),
    "services.requirements": say("The document or its number, such as SLA-2026-01."),
    "agreements.service_id": say("Name a service, a party, or both."),
    "agreements.ends_on": say("Empty: it has no end."),
    "audits.until_on": say("Empty: it takes one day."),
    "audits.body": say("The certification body, or the internal auditor."),
    "waivers.reason": say("The auditor may read it."),
    "waivers.until": say("Never for ever: on this day it is expected again."),
    "ages.reason": say("Why this programme wants another limit."),
}
AUDITS = {
    AuditKind.STAGE_1: say("Stage 1: documents"),
    AuditKind.STAGE_2: say("Stage 2: practice"),
    AuditKind.SURVEILLANCE: say("Surveillance audit"),
    AuditKind.RECERTIFICATION: say("Recertification audit"),
    AuditKind.INTERNAL: say("Internal audit"),
}
PARTIES = {
    PartyKind.CUSTOMER: say("Customer"),
    PartyKind.EXTERNAL_SUPPLIER: say("External supplier"),
    PartyKind.INTERNAL_SUPPLIER: say("Internal supplier"),
    PartyKind.CUSTOMER_AS_SUPPLIER: say("Customer acting as supplier"),
}
AGREEMENTS = {
    AgreementKind.SLA: say("Service level agreement"),
    AgreementKind.CONTRACT: say("Contract"),
    AgreementKind.INTERNAL: say("Agreement inside the organisation"),
}
ENUMS: Mapping[type, Mapping[Any, Message]] = {AuditKind: AUDITS, PartyKind: PARTIES, AgreementKind: AGREEMENTS}
