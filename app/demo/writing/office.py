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
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as PdfTable

from app.demo.writing.content import Content, Section
from app.demo.writing.figures import Row

MADE = datetime(2020, 1, 1, tzinfo=UTC)
"""When the files say they were made: fixed, so that a day's sample is always the same."""
FONTS = {"zh": "STSong-Light", "en": "Helvetica"}
WIDE = 7
"""A table with more columns than this gets the page on its side."""
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
    """Return a workbook: the facts on the first page, then a page for each section; figures are numbers."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": content.title, "created": MADE.replace(tzinfo=None)})
        page = book.add_worksheet("Cover" if content.language == "en" else "封面")
        page.set_column(0, 0, 24)
        page.set_column(1, 1, 60)
        page.write_string(0, 0, content.title, book.add_format({"bold": True, "font_size": 14}))
        for row, (name, value) in enumerate(content.facts, start=2):
            page.write_string(row, 0, name)
            page.write_string(row, 1, value)
        for number, section in enumerate(content.sections, start=1):
            _sheet_page(book, number, section)
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
    message["From"], message["To"] = "fuwutai@yunzhan.example", "hegui@yunzhan.example"
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
    table = document.add_table(rows=0, cols=len(head or rows[0]), style="Table Grid")
    for row in (head, *rows) if head else rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
            for run in cell.paragraphs[0].runs:
                run.font.size, run.font.bold = Pt(9), True if row is head else None
    if head:
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 (python-docx has no name for a repeated row)
        properties.append(properties.makeelement(qn("w:tblHeader"), {}))


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


def _sheet_page(book: Any, number: int, section: Section) -> None:  # noqa: ANN401 (xlsxwriter ships no types)
    name = re.sub(r"[\[\]:*?/\\']", " ", section.heading)[:28]
    page = book.add_worksheet(f"{number} {name}")
    bold = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, paragraph in enumerate(section.paragraphs):
        page.write_string(row, 0, paragraph)
    if section.table is None:
        return
    top = len(section.paragraphs) + 1 if section.paragraphs else 0
    for column, head in enumerate(section.table.head):
        longest = max(len(each[column].encode("gb18030")) for each in (section.table.head, *section.table.rows))
        page.set_column(column, column, min(44, longest + 2))
        page.write_string(top, column, head, bold)
    for row, cells in enumerate(section.table.rows, start=top + 1):
        for column, cell in enumerate(cells):
            if NUMBER.fullmatch(cell):
                page.write_number(row, column, float(cell))
            else:
                page.write_string(row, column, cell, wrapped)
    page.autofilter(top, 0, top + len(section.table.rows), len(section.table.head) - 1)
    page.freeze_panes(top + 1, 0)


def _pdf_table(rows: tuple[Row, ...], cell: ParagraphStyle, width: float, *, head: bool) -> PdfTable:
    longest = [max(len(row[column].encode("gb18030")) for row in rows) for column in range(len(rows[0]))]
    shares = [min(30, each) + 6 for each in longest]
    widths = [width * each / sum(shares) for each in shares]
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
