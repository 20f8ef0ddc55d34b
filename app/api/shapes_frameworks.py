"""What is sent about frameworks; a pack and a crosswalk are JSON as the catalogue stores them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.catalogue.comparison import Difference, FieldChange, PackDifference
from app.catalogue.models import ClauseText, TextLicence
from app.catalogue.pack import Pack
from app.catalogue.service import Upgrade
from app.catalogue.texts import Taken
from app.journal.service import plain


class BothShape(BaseModel):
    """A name in both languages."""

    en: str
    zh: str


class FrameworkHead(BaseModel):
    """A framework without its clauses."""

    id: str
    version: str
    reference: str
    edition: int
    published: str
    title: BothShape
    coverage: str
    clauses: int
    expectations: int

    @classmethod
    def of(cls, pack: Pack) -> "FrameworkHead":
        """Build it from the pack."""
        return cls(
            id=pack.id,
            version=pack.version,
            reference=pack.reference,
            edition=pack.edition,
            published=pack.published,
            title=BothShape(en=pack.title.en, zh=pack.title.zh),
            coverage=pack.coverage.value,
            clauses=len(pack.clauses),
            expectations=len(pack.expectations),
        )


class Frameworks(BaseModel):
    """Those the organisation can use, by code: the shipped ones and its own."""

    items: list[FrameworkHead]


class ClauseTextShape(BaseModel):
    """The organisation's own licensed text of a clause."""

    clause: str
    language: str
    text: str


class RecordedText(ClauseTextShape):
    """A text that was just set."""

    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, row: ClauseText) -> "RecordedText":
        """Build it from the row."""
        return cls(
            clause=row.clause,
            language=row.language,
            text=row.text,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )


class LicenceShape(BaseModel):
    """Where the organisation's own texts in a language come from, and whether auditors may read them."""

    language: str
    source: str
    for_auditors: bool
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, row: TextLicence) -> "LicenceShape":
        """Build it from the row."""
        return cls(
            language=row.language,
            source=row.source,
            for_auditors=row.for_auditors,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )


class TextPart(BaseModel):
    """The words of one clause that were found in a text; `changed` where they are not held yet."""

    clause: str
    characters: int
    begins: str
    changed: bool


class TakenShape(BaseModel):
    """What an import of a text does, or would do; `missing` are clauses of which no text is held afterwards."""

    applied: bool
    parts: list[TextPart]
    missing: list[str]

    @classmethod
    def of(cls, taken: Taken, *, applied: bool) -> "TakenShape":
        """Build it from what the use case found."""
        parts = [
            TextPart(
                clause=part.clause,
                characters=len(part.text),
                begins=part.text.partition("\n")[0][:100],
                changed=part.clause in taken.changed,
            )
            for part in taken.parts
        ]
        return cls(applied=applied, parts=parts, missing=list(taken.missing))


class FrameworkShape(BaseModel):
    """A framework, whole, with the organisation's own texts of its clauses and where these come from.

    Auditors and machines get the texts only where their licence allows it.
    """

    pack: dict[str, Any]
    texts: list[ClauseTextShape]
    licences: list[LicenceShape]


class Crosswalks(BaseModel):
    """Maps from one framework to another."""

    items: list[dict[str, Any]]


class FieldChangeShape(BaseModel):
    """One field before and after."""

    name: str
    before: Any
    after: Any

    @classmethod
    def of(cls, change: FieldChange) -> "FieldChangeShape":
        """Build it from the change."""
        return cls(name=change.name, before=plain(change.before), after=plain(change.after))


class ChangedShape(BaseModel):
    """One clause, expectation or row that changed."""

    id: str
    fields: list[FieldChangeShape]


class DifferenceShape(BaseModel):
    """What came, went and changed."""

    added: list[str]
    removed: list[str]
    changed: list[ChangedShape]

    @classmethod
    def of(cls, found: Difference) -> "DifferenceShape":
        """Build it from the comparison."""
        changed = [
            ChangedShape(id=each.id, fields=[FieldChangeShape.of(field) for field in each.fields])
            for each in found.changed
        ]
        return cls(added=list(found.added), removed=list(found.removed), changed=changed)


class PackDifferenceShape(BaseModel):
    """How two versions differ: facts of the whole, clauses and expectations of a framework, rows of a crosswalk."""

    facts: list[FieldChangeShape]
    clauses: DifferenceShape
    expectations: DifferenceShape
    rows: DifferenceShape

    @classmethod
    def of(cls, found: PackDifference) -> "PackDifferenceShape":
        """Build it from the comparison."""
        return cls(
            facts=[FieldChangeShape.of(each) for each in found.facts],
            clauses=DifferenceShape.of(found.clauses),
            expectations=DifferenceShape.of(found.expectations),
            rows=DifferenceShape.of(found.rows),
        )


class UpgradeShape(BaseModel):
    """What an import did (`applied`), or would do: all is added where it is new, nothing differs where it is here."""

    code: str
    version: str
    former_version: str | None
    applied: bool
    difference: PackDifferenceShape

    @classmethod
    def of(cls, upgrade: Upgrade, *, applied: bool) -> "UpgradeShape":
        """Build it from what the import says."""
        return cls(
            code=upgrade.code,
            version=upgrade.version,
            former_version=upgrade.former_version,
            applied=applied,
            difference=PackDifferenceShape.of(upgrade.difference),
        )
