"""What is sent about imports of evidence."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.api.fields import Body, Long
from app.api.shapes_evidence import SameBytesShape
from app.imports.checking import Check, Problem
from app.imports.models import EvidenceImport
from app.imports.reading import ImportView
from app.language import LANGUAGES, Message
from app.paging import Page

MOST_ERRORS = 1000


class BothShape(BaseModel):
    """A sentence in both languages."""

    en: str
    zh: str

    @classmethod
    def of(cls, message: Message) -> "BothShape":
        """Say it in both."""
        return cls(**{language: message.in_(language) for language in LANGUAGES})


class ImportHead(BaseModel):
    """An import without what is in it."""

    id: str
    programme_id: str
    state: str = Field(description="draft, applied or undone. A draft has changed nothing yet.")
    table_name: str
    table_sha256: str
    table_bytes: int
    rows: int
    prepared_at: datetime
    prepared_by: str
    applied_at: datetime | None
    applied_by: str | None
    undone_at: datetime | None
    undone_by: str | None
    undone_reason: str | None

    @classmethod
    def of(cls, head: EvidenceImport) -> "ImportHead":
        """Build it from the row."""
        return cls(**{name: getattr(head, name) for name in ImportHead.model_fields})


class ErrorShape(BaseModel):
    """What is wrong with a row, and the next step."""

    row: int = Field(description="As the spreadsheet counts it: the head is usually row 1.")
    column: str | None = Field(description="A field of evidence; null where the row itself is wrong.")
    message: BothShape
    file: str | None = Field(description="The file that has not come, where that is what is wrong.")

    @classmethod
    def of(cls, problem: Problem) -> "ErrorShape":
        """Build it from the problem."""
        return cls(row=problem.row, column=problem.column, message=BothShape.of(problem.message), file=problem.file)


class CheckShape(BaseModel):
    """What would become of a draft now. It can be applied when it has no errors."""

    rows_ready: int
    rows_wrong: int
    errors: list[ErrorShape] = Field(description=f"In the order of the rows, at most {MOST_ERRORS}.")
    error_count: int
    files: int = Field(description="Files that have come.")
    files_missing: list[str] = Field(description="Files that rows name and that have not come.")
    files_unneeded: list[str] = Field(description="Files that have come and that no row names: they are left out.")
    same_bytes: list[SameBytesShape] = Field(description="Files whose bytes this organisation holds already.")
    imported_before: list[str] = Field(description="Imports of this very table that are in force.")

    @classmethod
    def of(cls, check: Check, view: ImportView) -> "CheckShape":
        """Build it from what was checked."""
        return cls(
            rows_ready=len(check.ready),
            rows_wrong=check.wrong,
            errors=[ErrorShape.of(each) for each in check.problems[:MOST_ERRORS]],
            error_count=len(check.problems),
            files=view.files,
            files_missing=list(check.missing),
            files_unneeded=list(check.unneeded),
            same_bytes=[SameBytesShape(**each._asdict()) for each in view.same_bytes],
            imported_before=[each.id for each in view.same_tables],
        )


class ItemShape(BaseModel):
    """The evidence that a row became, as it is now."""

    row: int
    evidence_id: str
    title: str
    state: str


class ObstacleShape(BaseModel):
    """Evidence that somebody has dealt with since: the import cannot be undone as a whole."""

    evidence_id: str
    title: str
    reason: BothShape


class ImportShape(ImportHead):
    """One import."""

    check: CheckShape | None = Field(description="Of a draft only.")
    items: list[ItemShape] = Field(description="What it made, by row.")
    obstacles: list[ObstacleShape] = Field(description="What stands against undoing it.")

    @classmethod
    def whole(cls, view: ImportView) -> "ImportShape":
        """Build it from what was read."""
        return cls(
            **dict(ImportHead.of(view.head)),
            check=None if view.check is None else CheckShape.of(view.check, view),
            items=[ItemShape(**each._asdict()) for each in view.items],
            obstacles=[
                ObstacleShape(evidence_id=each.evidence_id, title=each.title, reason=BothShape.of(each.reason))
                for each in view.obstacles
            ],
        )


class ImportPage(BaseModel):
    """Some of the imports, newest first."""

    items: list[ImportHead]
    cursor: str | None = Field(description="Ask with it for the rest; null at the end.")

    @classmethod
    def of(cls, page: Page[EvidenceImport]) -> "ImportPage":
        """Build it from what was read."""
        return cls(items=[ImportHead.of(each) for each in page.items], cursor=page.cursor)


class TakenShape(BaseModel):
    """A file that a draft has taken."""

    name: str = Field(description="With its folders.")
    size_bytes: int
    sha256: str


class UndoBody(Body):
    """Why an import is undone; it stays on record with everything that is withdrawn."""

    reason: Long = ""
