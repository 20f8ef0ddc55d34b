"""Real files from content: Word, Excel, PDF, PNG and e-mail; the same content gives the same bytes."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from xml.sax.saxutils import escape

import docx
import xlsxwriter
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as PdfTable

from app.demo.writing.content import Content, Post, Table
from app.demo.writing.figures import Row

MADE = datetime(2020, 1, 1, tzinfo=UTC)
"""When the files say they were made: fixed, so that a day's sample is always the same."""
FONTS = {"zh": "STSong-Light", "en": "Helvetica"}
WIDE, WIDE_IN_WORD = 7, 6
"""A table with more columns than this gets the page on its side, in PDF and in Word."""
PAPER_A4, LINE = 9, 15
"""What the program calls that paper; points that a line of a sheet is high."""
ON_PAGE = 85
"""Letters that fit on a line of a page that stands upright."""
NUMBERED = re.compile(r"\d+ |[一二三四五六七八九十]+、")
NAMES = frozenset({"版次", "版本", "Revision"})
"""Heads of columns whose figures are names, not amounts."""
NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,4})?")


def word(content: Content) -> bytes:
    """Return a Word document with a control block, numbered pages, and tables whose head rows repeat."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    for name in ("Normal", "Title", "Heading 1"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "SimSun")
        fonts.attrib.pop(qn("w:eastAsiaTheme"), None)
    properties = document.core_properties
    properties.created = properties.modified = MADE.replace(tzinfo=None)
    properties.title, properties.language = content.title, {"zh": "zh-CN"}.get(content.language, "en-GB")
    properties.author = properties.last_modified_by = "auditready sample"
    _page(document, content)
    _head_and_foot(document, content)
    document.add_heading(content.title, 0)
    _word_table(document, None, content.facts)
    for section in content.sections:
        document.add_heading(section.heading, 1)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph)
        if section.table:
            _word_table(document, section.table.head, section.table.rows)
    made = io.BytesIO()
    document.save(made)
    return _with_fixed_dates(made.getvalue())


def sheet(content: Content) -> bytes:
    """Return a workbook: facts and text on the first page, then a page for each table; figures are numbers.

    Every page prints on the width of one sheet of paper, with its head row on top of each.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": content.title, "created": MADE.replace(tzinfo=None)})
        page = book.add_worksheet("Cover" if content.language == "en" else "封面")
        page.set_column(0, 0, 24)
        page.set_column(1, 1, 90)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        page.write_string(0, 0, content.title, book.add_format({"bold": True, "font_size": 14}))
        for row, (name, value) in enumerate(content.facts, start=2):
            page.write_string(row, 0, name)
            page.write_string(row, 1, value)
        told = [each for each in content.sections if each.table is None]
        for row, section in enumerate(told, start=len(content.facts) + 3):
            page.write_string(row, 0, section.heading, wrapped)
            page.write_string(row, 1, "\n".join(section.paragraphs), wrapped)
        _printed(page)
        for number, section in enumerate(content.sections, start=1):
            if section.table:
                page = book.add_worksheet(_page_name(number, section.heading))
                _printed(page)
                _sheet_table(book, page, section.paragraphs, section.table)
    return made.getvalue()


def pdf(content: Content) -> bytes:
    """Return a PDF; Chinese uses the reader's own font for simplified Chinese, English uses Helvetica."""
    font = FONTS[content.language]
    if content.language == "zh":
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    made = io.BytesIO()
    text = ParagraphStyle("text", fontName=font, fontSize=9.5, leading=15, wordWrap={"zh": "CJK"}.get(content.language))
    title = ParagraphStyle("title", parent=text, fontSize=15, leading=22, spaceAfter=8)
    heading = ParagraphStyle("heading", parent=text, fontSize=11.5, leading=18, spaceBefore=8)
    cell = ParagraphStyle("cell", parent=text, fontSize=8, leading=11)
    widest = max((len(each.table.head) for each in content.sections if each.table), default=0)
    page = SimpleDocTemplate(
        made,
        pagesize=landscape(A4) if widest > WIDE else A4,
        title=content.title,
        author="auditready sample",
        invariant=1,
    )
    story: list[Any] = [Paragraph(escape(content.title), title)]  # reportlab ships no types
    story.append(_pdf_table(content.facts, cell, page.width, head=False))
    for section in content.sections:
        story.append(Paragraph(escape(section.heading), heading))
        story += [Paragraph(escape(each), text) for each in section.paragraphs]
        if section.table:
            story += [Spacer(1, 4), _pdf_table((section.table.head, *section.table.rows), cell, page.width, head=True)]

    def foot(canvas: Any, _: Any) -> None:  # noqa: ANN401 (reportlab ships no types)
        canvas.setFont(font, 8)
        canvas.drawCentredString(page.pagesize[0] / 2, 30, f"- {canvas.getPageNumber()} -")

    page.build(story, onFirstPage=foot, onLaterPages=foot)
    return made.getvalue()


def mail(content: Content) -> bytes:
    """Return an e-mail with its subject in the content's language and the tables attached as a workbook."""
    message = EmailMessage(policy=SMTP)
    post = content.post or Post("fuwutai@yunzhan.example", ("all@yunzhan.example",))
    message["From"], message["To"] = post.sender, ", ".join(post.to)
    if post.copy:
        message["Cc"] = ", ".join(post.copy)
    message["Subject"] = content.title
    message["Date"] = datetime.fromisoformat(f"{content.day.isoformat()}T09:30:00+08:00")
    message["Message-ID"] = f"<{hashlib.sha256(content.title.encode()).hexdigest()[:24]}@yunzhan.example>"
    text = [paragraph for section in content.sections for paragraph in section.paragraphs]
    message.set_content("\n\n".join((*text, *(f"{name}: {value}" for name, value in content.facts))))
    message.add_attachment(
        sheet(content),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        filename=f"{content.title}.xlsx",
    )
    message.set_boundary("=sample-boundary=")
    return message.as_bytes()


def _word_table(document: Document, head: Row | None, rows: tuple[Row, ...]) -> None:
    page = document.sections[0]
    whole = int(page.page_width or 0) - int(page.left_margin or 0) - int(page.right_margin or 0)
    shown = (head, *rows) if head else rows
    widths = [Emu(int(whole * share)) for share in _shares(shown)]
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in shown:
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.text, cell.width = text, width
            for run in cell.paragraphs[0].runs:
                run.font.size, run.font.bold = Pt(9), True if row is head else None
    if head:
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 (python-docx has no name for a repeated row)
        properties.append(properties.makeelement(qn("w:tblHeader"), {}))


def _page(document: Document, content: Content) -> None:
    """Set A4 with narrow margins, on its side where a table is wide."""
    section = document.sections[0]
    widest = max((len(each.table.head) for each in content.sections if each.table), default=0)
    width, height = Cm(21.0), Cm(29.7)
    if widest > WIDE_IN_WORD:
        section.orientation, width, height = WD_ORIENT.LANDSCAPE, height, width
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Cm(2.0)


def _head_and_foot(document: Document, content: Content) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = " | ".join(value for _, value in content.facts[:3])
    paragraph = section.footer.paragraphs[0]
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)  # noqa: SLF001 (python-docx has no name for a page number)


def _page_name(number: int, heading: str) -> str:
    """Return a name that the program takes and that no other page has: numbered once, 31 characters at most."""
    name = re.sub(r"[\[\]:*?/\\']", " ", heading)[:27]
    return name if NUMBERED.match(name) else f"{number} {name}"


def _printed(page: Any) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
    page.set_landscape()
    page.set_paper(PAPER_A4)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")


def _sheet_table(book: Any, page: Any, paragraphs: Row, table: Table) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    widths = _sheet_widths((table.head, *table.rows))
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    for row, paragraph in enumerate(paragraphs):
        if len(widths) > 1:
            page.merge_range(row, 0, row, len(widths) - 1, paragraph, wrapped)
        else:
            page.write_string(row, 0, paragraph, wrapped)
        page.set_row(row, LINE * -(-_length(paragraph) // sum(widths)))
    top = len(paragraphs) + 1 if paragraphs else 0
    page.write_row(top, 0, table.head, bold)
    for row, cells in enumerate(table.rows, start=top + 1):
        for column, cell in enumerate(cells):
            if NUMBER.fullmatch(cell) and table.head[column] not in NAMES:
                page.write_number(row, column, float(cell), wrapped)
            else:
                page.write_string(row, column, cell, wrapped)
    page.autofilter(top, 0, top + len(table.rows), len(table.head) - 1)
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)


def _sheet_widths(rows: tuple[Row, ...]) -> list[int]:
    """Return the width of each column in characters, with room for the arrow of the filter."""
    heads = [_length(head) + 3 for head in rows[0]]
    return [max(head, min(40, longest + 2)) for head, longest in zip(heads, _longest(rows), strict=True)]


def _longest(rows: tuple[Row, ...]) -> list[int]:
    return [max(_length(row[column]) for row in rows) for column in range(len(rows[0]))]


def _length(text: str) -> int:
    """Return how wide a text is: a Chinese character is as wide as two Latin letters."""
    return len(text.encode("gb18030"))


def _shares(rows: tuple[Row, ...]) -> list[float]:
    """Return what share of the page each column gets: its longest word first, then the rest by its longest text."""
    words = [
        max(_length(word) if word.isascii() else min(_length(word), 8) for row in rows for word in row[column].split())
        for column in range(len(rows[0]))
    ]
    least = [word + 4 for word in words]
    wanted = [1 + max(0, min(36, longest) - word) for word, longest in zip(words, _longest(rows), strict=True)]
    room = max(0, ON_PAGE - sum(least))
    widths = [word + room * more / sum(wanted) for word, more in zip(least, wanted, strict=True)]
    return [each / sum(widths) for each in widths]


def _pdf_table(rows: tuple[Row, ...], cell: ParagraphStyle, width: float, *, head: bool) -> PdfTable:
    widths = [width * share for share in _shares(rows)]
    lines = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    lines.append(("BACKGROUND", (0, 0), (-1, 0) if head else (0, -1), colors.whitesmoke))
    made = [[Paragraph(escape(each), cell) for each in row] for row in rows]
    return PdfTable(made, colWidths=widths, repeatRows=int(head), style=TableStyle(lines))


def _with_fixed_dates(archive: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
