"""What a programme's registers hold: one frozen dataclass an entry, read from and written to JSON.

`profile` and `settings` have exactly one entry, the others any number. The limits' defaults are those of the audit
model, section 4; a certification body may want others.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from app.errors import Invalid
from app.validation import refusal


def _storable(text: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\r\t" for char in text):
        raise PydanticCustomError("unstorable", "holds a character that cannot be stored")
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(_storable)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_storable)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_storable)]
Days = Annotated[int, Field(strict=True, ge=0, le=3660)]
Months = Annotated[int, Field(strict=True, ge=0, le=120)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]


class AuditKind(StrEnum):
    """Which audit is planned (ISO/IEC 17021-1; internal: ISO 19011)."""

    STAGE_1 = "stage-1"
    STAGE_2 = "stage-2"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"
    INTERNAL = "internal"


class PartyKind(StrEnum):
    """Who else has a part in the services (ISO/IEC 20000-1:2018, 3.2)."""

    CUSTOMER = "customer"
    EXTERNAL_SUPPLIER = "external-supplier"
    INTERNAL_SUPPLIER = "internal-supplier"
    CUSTOMER_AS_SUPPLIER = "customer-as-supplier"


class AgreementKind(StrEnum):
    """What was agreed: a service level agreement, a contract, or an agreement inside the organisation."""

    SLA = "sla"
    CONTRACT = "contract"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Profile:
    """The programme itself: names, scope sentence (4.3), frameworks by code, start of operation."""

    name_en: Name = ""
    name_zh: Name = ""
    scope_en: Words = ""
    scope_zh: Words = ""
    frameworks: tuple[str, ...] = ()
    start_of_operation: date | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits and weights; days, months and percent. Source: audit model, sections 4 and 15."""

    stage1_to_stage2_min_days: Days = 14
    stage1_to_stage2_max_days: Days = 180
    min_operation_months: Months = 3
    internal_audit_max_age_days: Days = 365
    management_review_max_age_days: Days = 365
    nc_response_days: Days = 30
    major_nc_verify_days: Days = 90
    major_nc_hard_limit_months: Months = 6
    minor_nc_close_months: Months = 12
    first_surveillance_months: Months = 12
    suspension_max_months: Months = 6
    restore_after_expiry_months: Months = 6
    expiring_warning_days: tuple[Days, ...] = (60, 30, 14)
    period_grace_days: Days = 15
    document_review_months: Months = 12
    approvals_needed: Annotated[int, Field(strict=True, ge=1, le=10)] = 1
    count_submitted: Annotated[bool, Field(strict=True)] = False
    conditional_min_percent: Percent = 80
    weight_required: Annotated[int, Field(strict=True, ge=1, le=100)] = 3
    weight_customary: Annotated[int, Field(strict=True, ge=0, le=100)] = 1


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the services are managed or delivered."""

    name_en: Name = ""
    name_zh: Name = ""
    address: Words = ""


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service of the catalogue: owner (user id) and where its requirements are agreed (8.2.2, 8.2.4)."""

    name_en: Name = ""
    name_zh: Name = ""
    owner_id: str | None = None
    requirements: Words = ""


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A customer, supplier or internal party (8.2.3, 8.3)."""

    kind: PartyKind
    name_en: Name = ""
    name_zh: Name = ""


@dataclass(frozen=True, slots=True)
class AgreementEntry:
    """An agreement for a service, with a party, or both, from a day to a day (8.3.3, 8.3.4); no end means open."""

    kind: AgreementKind
    title: Line
    service_id: str | None = None
    party_id: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A planned audit; readiness for a stage is judged on its first planned day."""

    kind: AuditKind
    planned_on: date
    until_on: date | None = None
    body: Name = ""


@dataclass(frozen=True, slots=True)
class WaiverEntry:
    """An expectation set aside for a reason until a day; never one that the standard itself demands."""

    expectation_id: Line
    reason: Line
    until: date


@dataclass(frozen=True, slots=True)
class OwnerEntry:
    """Who answers for a clause and everything below it: a process owner for a process clause."""

    framework: Line
    clause: Line
    owner_id: Line


@dataclass(frozen=True, slots=True)
class AgeEntry:
    """How old what answers an expectation may be in this programme, with the reason; the catalogue has a default."""

    expectation_id: Line
    max_age_days: Annotated[int, Field(ge=1, le=3660)]
    reason: Line


Entry = (
    Profile
    | Limits
    | Site
    | ServiceEntry
    | PartyEntry
    | AgreementEntry
    | AuditEntry
    | WaiverEntry
    | OwnerEntry
    | AgeEntry
)
KINDS: Mapping[str, type[Entry]] = {
    "profile": Profile,
    "settings": Limits,
    "sites": Site,
    "services": ServiceEntry,
    "parties": PartyEntry,
    "agreements": AgreementEntry,
    "audits": AuditEntry,
    "waivers": WaiverEntry,
    "owners": OwnerEntry,
    "ages": AgeEntry,
}
WARNING_DAYS = "expiring_warning_days"
POSITIVE = (
    "stage1_to_stage2_max_days",
    "internal_audit_max_age_days",
    "management_review_max_age_days",
    "nc_response_days",
    "major_nc_verify_days",
    "major_nc_hard_limit_months",
    "minor_nc_close_months",
    "first_surveillance_months",
    "suspension_max_months",
    "restore_after_expiry_months",
    "document_review_months",
)
"""Limits that mean nothing as 0; checked when somebody sets them, not when what was stored is read."""
SINGLE = frozenset({"profile", "settings"})
"""Registers with exactly one entry."""


def kind_of(register: str) -> type[Entry]:
    """Return the kind of entry a register holds. Raises Invalid for an unknown register."""
    if register not in KINDS:
        raise Invalid("There is no register {name}. There are: {names}.", name=register, names=tuple(KINDS))
    return KINDS[register]


def read_entry(register: str, body: Mapping[str, Any]) -> Entry:
    """Return the entry that `body` holds. Raises Invalid that names the field at fault."""
    try:
        entry: Entry = _adapter(kind_of(register)).validate_python(dict(body))
    except ValidationError as error:
        raise refusal(error.errors()) from error
    _check(entry)
    return entry


def load_entry(register: str, body: Mapping[str, Any]) -> Entry:
    """Return an entry that was checked when it was stored."""
    entry: Entry = _adapter(kind_of(register)).validate_python(dict(body))
    return entry


def entry_body(entry: Entry) -> dict[str, Any]:
    """Return the entry as JSON holds it."""
    body: dict[str, Any] = _adapter(type(entry)).dump_python(entry, mode="json")
    return body


def _check(entry: Entry) -> None:
    if isinstance(entry, Site | ServiceEntry | PartyEntry) and not (entry.name_en or entry.name_zh):
        raise Invalid("A name is needed, in Chinese or in English.", field="name_zh")
    if isinstance(entry, AgreementEntry):
        if entry.service_id is None and entry.party_id is None:
            raise Invalid("An agreement is for a service or with a party: name one.", field="service_id")
        if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
            raise Invalid("The agreement ends before it starts.", field="ends_on")
    if isinstance(entry, AuditEntry) and entry.until_on and entry.until_on < entry.planned_on:
        raise Invalid("The audit ends before it begins.", field="until_on")
    if isinstance(entry, Limits):
        _check_limits(entry)


def _check_limits(limits: Limits) -> None:
    for name in POSITIVE:
        if getattr(limits, name) == 0:
            raise Invalid("The limit {name} is at least 1.", name=name, field=name)
    if limits.stage1_to_stage2_min_days > limits.stage1_to_stage2_max_days:
        raise Invalid("The least number of days is above the most.", field="stage1_to_stage2_min_days")
    days = limits.expiring_warning_days
    if 0 in days or list(days) != sorted(set(days), reverse=True):
        raise Invalid("Give the days of warning from most to least, each once, such as 60, 30, 14.", field=WARNING_DAYS)


def _adapter(kind: type[Entry]) -> TypeAdapter[Entry]:
    if kind not in _adapters:
        # strict about unknown fields: a misspelt one must not be lost silently
        kind.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[union-attr]
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


_adapters: dict[type[Entry], TypeAdapter[Entry]] = {}
