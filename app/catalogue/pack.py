"""A framework pack as frozen values: one edition of a standard, its clauses and what auditors expect for each.

A body is the same pack as plain JSON, field for field as in the YAML files of `packs/`; it is what is stored and
hashed. Bodies were validated when they were read, so `pack_from_body` checks nothing and is fast.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from app.language import Text

SCHEMA_VERSION = 1
Path = tuple[str | int, ...]
"""Field names and positions from the top of a file."""


class Kind(StrEnum):
    """What an item looks like."""

    POLICY = "policy"
    PLAN = "plan"
    PROCEDURE = "procedure"
    RECORD = "record"
    AGREEMENT = "agreement"
    REGISTER = "register"
    REPORT = "report"


class Action(StrEnum):
    """Maintain: a document under version control. Retain: a record kept as proof."""

    MAINTAIN = "maintain"
    RETAIN = "retain"


class Cadence(StrEnum):
    """How often a new item is due."""

    NONE = "none"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"
    PER_EVENT = "per_event"


class ClauseType(StrEnum):
    """Whether a clause only groups others, demands something or explains."""

    HEADING = "heading"
    REQUIREMENT = "requirement"
    INFORMATIVE = "informative"


class Basis(StrEnum):
    """The way a clause asks for documented information; `content`: it fixes what the item has to say."""

    DOCUMENTED = "documented"
    RECORDED = "recorded"
    REPORTED = "reported"
    AGREED = "agreed"
    LISTED = "listed"
    CONTENT = "content"


class Coverage(StrEnum):
    """Full: every auditable clause is there. Partial: only those used beside another framework."""

    FULL = "full"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Process:
    """A process with an owner; `process_2011` names the process of the 2011 edition that it came from."""

    key: str
    clause: str
    name: Text
    process_2011: str | None = None
    group: Text | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term in both languages; `zh_alt` is another customary Chinese wording."""

    en: str
    zh: str
    zh_alt: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentedInformation:
    """What a clause itself demands in writing; with `refers_to` it is counted at that item's clause instead."""

    id: str
    kind: Kind
    basis: Basis
    action: Action
    name: Text
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing an auditor expects to see; `id` is the same in every edition and framework that expects it.

    `clause` is where it is declared, `covers` the documented information it satisfies; `required`: the standard itself
    demands it; `optional`: never missing; `nil_return`: a dated statement that nothing happened will do.
    """

    id: str
    clause: str
    kind: Kind
    action: Action
    stage: int
    cadence: Cadence
    max_age_days: int | None
    history_months: int | None
    approval_required: bool
    required: bool
    optional: bool
    nil_return: bool
    name: Text
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause; `title_official` is false where the standard numbers it without a title.

    `shared` are ids of expectations declared at another clause that support this one too.
    """

    number: str
    parent: str | None
    type: ClauseType
    process_key: str | None
    title: Text
    summary: Text
    documented_information: tuple[DocumentedInformation, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    shared: tuple[str, ...] = ()
    title_zh_alt: str | None = None
    title_official: bool = True
    amendment_note: Text | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """One edition of a framework; clauses come in the order of the standard, parents before children."""

    id: str
    version: str
    reference: str
    edition: int
    published: str
    title: Text
    coverage: Coverage
    processes: tuple[Process, ...]
    glossary: tuple[Term, ...]
    clauses: tuple[Clause, ...]
    status: Text | None = None
    note: Text | None = None

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Every expectation once, in the order of the clauses."""
        return tuple(expectation for clause in self.clauses for expectation in clause.expectations)

    def expectation(self, expectation_id: str) -> Expectation | None:
        """Return the expectation with this id, None where the pack has none."""
        return next(
            (each for clause in self.clauses for each in clause.expectations if each.id == expectation_id), None
        )

    @property
    def documented_information(self) -> tuple[DocumentedInformation, ...]:
        """What the standard demands in writing, each item counted at its home clause only."""
        return tuple(item for clause in self.clauses for item in clause.documented_information if not item.refers_to)

    @property
    def digest(self) -> str:
        """SHA-256 of the pack's body, in hexadecimal; computed anew each time."""
        return digest_of(pack_to_body(self))


Part = Process | Term | DocumentedInformation | Expectation | Clause | Pack


def digest_of(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of `body` as canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def pack_to_body(pack: Pack) -> dict[str, Any]:
    """Return the pack as plain JSON; every field is there, absent ones as None."""
    framework = {
        "id": pack.id,
        "version": pack.version,
        "reference": pack.reference,
        "edition": pack.edition,
        "published": pack.published,
        "coverage": pack.coverage.value,
        **both("title", pack.title),
        **both("status", pack.status),
        **both("note", pack.note),
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "framework": framework,
        "processes": [_plain(each) for each in pack.processes],
        "glossary": [_plain(each) for each in pack.glossary],
        "clauses": [_plain(each) for each in pack.clauses],
    }


def pack_from_body(body: Mapping[str, Any]) -> Pack:
    """Return the pack that `body` holds; it has to come from `pack_to_body` or the reader, nothing is checked."""
    framework = body["framework"]
    return Pack(
        framework["id"],
        framework["version"],
        framework["reference"],
        framework["edition"],
        framework["published"],
        text_of(framework, "title"),
        Coverage(framework["coverage"]),
        tuple(
            Process(each["key"], each["clause"], text_of(each, "name"), each["process_2011"], maybe_text(each, "group"))
            for each in body["processes"]
        ),
        tuple(Term(each["en"], each["zh"], each["zh_alt"]) for each in body["glossary"]),
        tuple(_clause(each) for each in body["clauses"]),
        maybe_text(framework, "status"),
        maybe_text(framework, "note"),
    )


def both(name: str, text: Text | None) -> dict[str, str | None]:
    """Return `name` in both languages as a body has it: `name_en` and `name_zh`, None where there is no text."""
    return {f"{name}_en": text.en if text else None, f"{name}_zh": text.zh if text else None}


def text_of(body: Mapping[str, Any], name: str) -> Text:
    """Return the text that `both` wrote."""
    return Text(body[name + "_en"], body[name + "_zh"])


def maybe_text(body: Mapping[str, Any], name: str) -> Text | None:
    """Return the text that `both` wrote, or None where there was none."""
    return text_of(body, name) if body[name + "_en"] else None


TEXTS = ("name", "group", "title", "summary", "amendment_note")


def _plain(value: Part) -> dict[str, Any]:
    """Return one part of a pack as JSON; an expectation does not repeat the clause it stands in."""
    body: dict[str, Any] = {}
    for each in fields(value):
        content = getattr(value, each.name)
        if each.name in TEXTS:
            body |= both(each.name, content)
        elif isinstance(content, tuple):
            body[each.name] = [part if isinstance(part, str) else _plain(part) for part in content]
        elif not (each.name == "clause" and isinstance(value, Expectation)):
            body[each.name] = content.value if isinstance(content, StrEnum) else content
    return body


def _clause(body: Mapping[str, Any]) -> Clause:
    number = body["number"]
    return Clause(
        number,
        body["parent"],
        ClauseType(body["type"]),
        body["process_key"],
        text_of(body, "title"),
        text_of(body, "summary"),
        tuple(_documented_information(each) for each in body["documented_information"]),
        tuple(_expectation(each, number) for each in body["expectations"]),
        tuple(body["shared"]),
        body["title_zh_alt"],
        body["title_official"],
        maybe_text(body, "amendment_note"),
    )


def _documented_information(body: Mapping[str, Any]) -> DocumentedInformation:
    kind, basis, action = Kind(body["kind"]), Basis(body["basis"]), Action(body["action"])
    return DocumentedInformation(body["id"], kind, basis, action, text_of(body, "name"), body["refers_to"])


def _expectation(body: Mapping[str, Any], clause: str) -> Expectation:
    return Expectation(
        body["id"],
        clause,
        Kind(body["kind"]),
        Action(body["action"]),
        body["stage"],
        Cadence(body["cadence"]),
        body["max_age_days"],
        body["history_months"],
        body["approval_required"],
        body["required"],
        body["optional"],
        body["nil_return"],
        text_of(body, "name"),
        tuple(body["covers"]),
    )
