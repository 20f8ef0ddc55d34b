"""The shape of a pack file, field by field. What only makes sense between parts is in `rules`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.catalogue.crosswalk import Integration, Relation
from app.catalogue.pack import Action, Basis, Cadence, ClauseType, Coverage, Kind

ID = r"^[a-z][a-z0-9]*([-.][a-z0-9]+)*$"
NUMBER = r"^[0-9A-Z]+(\.[0-9A-Z]+)*$"
VERSION = r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$"
DAY = r"^[0-9]{4}(-[0-9]{2}){0,2}$"
WORDS = r"\S"

Words = Annotated[str, Field(max_length=4000, pattern=WORDS)]
Name = Annotated[str, Field(max_length=500, pattern=WORDS)]
Id = Annotated[str, Field(max_length=100, pattern=ID)]
PackId = Annotated[str, Field(max_length=60, pattern=ID)]
Number = Annotated[str, Field(max_length=20, pattern=NUMBER)]
Version = Annotated[str, Field(max_length=30, pattern=VERSION)]
Loose = Field(strict=False)  # an enum is written as its value


class Part(BaseModel):
    """Nothing but the named fields, and no guessing at types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FrameworkPart(Part):
    """The framework as a whole."""

    id: PackId
    version: Version
    reference: Name
    edition: Annotated[int, Field(ge=1, le=999)]
    published: Annotated[str, Field(pattern=DAY)]
    coverage: Annotated[Coverage, Loose]
    title_en: Name
    title_zh: Name
    status_en: Words | None = None
    status_zh: Words | None = None
    note_en: Words | None = None
    note_zh: Words | None = None


class ProcessPart(Part):
    """A process."""

    key: Id
    clause: Number
    name_en: Name
    name_zh: Name
    process_2011: Id | None = None
    group_en: Name | None = None
    group_zh: Name | None = None


class TermPart(Part):
    """A term of the glossary."""

    en: Name
    zh: Name
    zh_alt: Name | None = None


class DocumentedInformationPart(Part):
    """What a clause demands in writing."""

    id: Id
    kind: Annotated[Kind, Loose]
    basis: Annotated[Basis, Loose]
    action: Annotated[Action, Loose]
    name_en: Name
    name_zh: Name
    refers_to: Id | None = None


class ExpectationPart(Part):
    """What an auditor expects to see."""

    id: Id
    kind: Annotated[Kind, Loose]
    action: Annotated[Action, Loose]
    stage: Annotated[int, Field(ge=1, le=2)]
    cadence: Annotated[Cadence, Loose]
    max_age_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    history_months: Annotated[int, Field(ge=1, le=36)] | None = None
    approval_required: bool
    required: bool
    optional: bool = False
    nil_return: bool = False
    name_en: Name
    name_zh: Name
    covers: list[Id] = []


class ClausePart(Part):
    """A clause."""

    number: Number
    parent: Number | None
    type: Annotated[ClauseType, Loose]
    process_key: Id | None = None
    title_en: Name
    title_zh: Name
    title_zh_alt: Name | None = None
    title_official: bool = True
    amendment_note_en: Words | None = None
    amendment_note_zh: Words | None = None
    summary_en: Words
    summary_zh: Words
    documented_information: list[DocumentedInformationPart] = []
    expectations: list[ExpectationPart] = []
    shared: list[Id] = []


class PackFile(Part):
    """A framework pack."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    framework: FrameworkPart
    processes: list[ProcessPart] = []
    glossary: list[TermPart] = []
    clauses: Annotated[list[ClausePart], Field(min_length=1)]


class CrosswalkPart(Part):
    """The crosswalk as a whole."""

    id: PackId
    version: Version
    from_: Annotated[PackId, Field(alias="from")]
    to: PackId
    title_en: Name
    title_zh: Name
    note_en: Words | None = None
    note_zh: Words | None = None


class TargetPart(Part):
    """A clause of the second framework."""

    clause: Number
    relation: Annotated[Relation, Loose]
    note_en: Words | None = None
    note_zh: Words | None = None


class RowPart(Part):
    """A clause of the first framework."""

    from_: Annotated[Number, Field(alias="from")]
    integration: Annotated[Integration | None, Loose] = None
    note_en: Words | None = None
    note_zh: Words | None = None
    to: list[TargetPart]


class NoveltyPart(Part):
    """What only the second framework demands."""

    clause: Number
    note_en: Words
    note_zh: Words


class RemovedPart(Part):
    """What only the first framework demanded."""

    text_en: Words
    text_zh: Words


class CrosswalkFile(Part):
    """A crosswalk."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    crosswalk: CrosswalkPart
    rows: Annotated[list[RowPart], Field(min_length=1)]
    new: list[NoveltyPart] = []
    removed: list[RemovedPart] = []
