"""Readers, one a kind of file: bytes in, blocks out. Run only by the worker, behind its limits."""

import io
import itertools
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from zipfile import is_zipfile

from app.confined import check_unpacked
from app.previews.blocks import Block, Preview

MOST_BLOCKS, MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 2000, 500, 40, 400_000
SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")


def read_text(content: bytes) -> Preview:
    """Return text as it is, whichever encoding Chinese systems write it in."""
    text = _decoded(content)
    return Preview((Block("code", text[:MOST_CHARACTERS]),), cut=len(text) > MOST_CHARACTERS)


def read_mail(content: bytes) -> Preview:
    """Return the head of an e-mail, its text and the names of what is attached."""
    message = message_from_bytes(content, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError(message)
    head = tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name])
    body = message.get_body(preferencelist=("plain",))
    text = str(body.get_content()) if body else ""
    attached = tuple(("Attachment", part.get_filename() or "-") for part in message.iter_attachments())
    blocks = (Block("fields", rows=head + attached), Block("code", text[:MOST_CHARACTERS]))
    return Preview(blocks, cut=len(text) > MOST_CHARACTERS or body is None)


def read_word(content: bytes) -> Preview:
    """Return headings, paragraphs and tables of a Word document in their order."""
    check_unpacked(content)
    from docx import Document  # noqa: PLC0415 (slow to import, and only for Word)
    from docx.table import Table  # noqa: PLC0415

    found: Iterator[Block] = (
        _table(part) if isinstance(part, Table) else _paragraph(part.text, part.style.name if part.style else "")
        for part in Document(io.BytesIO(content)).iter_inner_content()
    )
    blocks = tuple(itertools.islice((block for block in found if block.text or block.rows), MOST_BLOCKS + 1))
    return Preview(blocks[:MOST_BLOCKS], cut=len(blocks) > MOST_BLOCKS)


def read_sheet(content: bytes) -> Preview:
    """Return every sheet of a workbook as a table under its name; what formulas showed when it was saved."""
    if is_zipfile(io.BytesIO(content)):  # workbooks from before 2007 are none
        check_unpacked(content)
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 (only for workbooks)

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    blocks, cut = [], False
    for name in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(name).to_python(nrows=MOST_ROWS + 1)
        cut = cut or len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows[:1])
        shown = tuple(tuple(_cell(value) for value in row[:MOST_COLUMNS]) for row in rows[:MOST_ROWS])
        blocks += [Block("heading", name, 2), Block("table", rows=shown)]
    return Preview(tuple(blocks), cut=cut)


def read_pdf(content: bytes) -> Preview:
    """Return how many pages there are; they are asked for as pictures."""
    from pypdfium2 import PdfDocument  # noqa: PLC0415 (only for PDF)

    document = PdfDocument(content)
    return Preview(pages=len(document))


def draw_page(content: bytes, number: int) -> bytes:
    """Return a page of a PDF, counted from 1, as a JPEG about 1,000 points wide. Raises IndexError."""
    from pypdfium2 import PdfDocument  # noqa: PLC0415 (only for PDF)

    document = PdfDocument(content)
    if not 0 < number <= len(document):
        raise IndexError(number)
    page = document[number - 1]
    picture = page.render(scale=min(1000 / max(page.get_width(), 1), 4)).to_pil().convert("RGB")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


READERS = {"text": read_text, "mail": read_mail, "word": read_word, "sheet": read_sheet, "pdf": read_pdf}
"""By kind; `picture` needs none."""


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _paragraph(text: str, style: str) -> Block:
    number = style.removeprefix("Heading ")
    if style == "Title" or (number != style and number.isdecimal()):
        return Block("heading", text.strip(), 1 if style == "Title" else min(int(number) + 1, 6))
    return Block("text", text.strip())


def _table(table: object) -> Block:
    rows = getattr(table, "rows")  # noqa: B009 (typed as what python-docx says it is, it would need its import above)
    shown = tuple(tuple(cell.text.strip() for cell in row.cells[:MOST_COLUMNS]) for row in list(rows)[:MOST_ROWS])
    return Block("table", rows=shown)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
