"""Real files from content: Word, Excel, PDF, PNG and e-mail; the same content gives the same bytes."""

import io
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import docx
import xlsxwriter
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from PIL import Image, ImageDraw
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from app.demo.content import Content, Row

MADE = datetime(2020, 1, 1, tzinfo=UTC)
"""When the files say they were made: fixed, so that a day's sample is always the same."""
CHINESE = "STSong-Light"


def word(content: Content) -> bytes:
    """Return a Word document with a control block, text and a table whose head row repeats."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    for each in (style, document.styles["Title"], document.styles["Heading 1"]):
        each.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "SimSun")
    properties = document.core_properties
    properties.created = properties.modified = MADE.replace(tzinfo=None)
    properties.author = properties.last_modified_by = "auditready sample"
    document.add_heading(content.title, 0)
    _word_table(document, ("", ""), content.facts, head_row=False)
    for paragraph in content.paragraphs:
        document.add_paragraph(paragraph)
    _word_table(document, content.head, content.rows)
    made = io.BytesIO()
    document.save(made)
    return _with_fixed_dates(made.getvalue())


def sheet(content: Content) -> bytes:
    """Return a workbook with the facts above the table; every cell is text or a plain number."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": content.title, "created": MADE.replace(tzinfo=None)})
        page = book.add_worksheet("记录")
        bold = book.add_format({"bold": True, "bottom": 1})
        page.set_column(0, len(content.head), 20)
        page.write_string(0, 0, content.title, book.add_format({"bold": True, "font_size": 14}))
        for row, (name, value) in enumerate(content.facts, start=1):
            page.write_string(row, 0, name)
            page.write_string(row, 1, value)
        top = len(content.facts) + 2
        for column, name in enumerate(content.head):
            page.write_string(top, column, name, bold)
        for row, cells in enumerate(content.rows, start=top + 1):
            for column, cell in enumerate(cells):
                page.write_string(row, column, cell)
        page.freeze_panes(top + 1, 0)
    return made.getvalue()


def pdf(content: Content) -> bytes:
    """Return a PDF; Chinese uses the reader's own font for simplified Chinese."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    made = io.BytesIO()
    text = ParagraphStyle("text", fontName=CHINESE, fontSize=9.5, leading=15, wordWrap="CJK")
    title = ParagraphStyle("title", parent=text, fontSize=15, leading=22, spaceAfter=8)
    cell = ParagraphStyle("cell", parent=text, fontSize=8, leading=11)
    grid = ("GRID", (0, 0), (-1, -1), 0.4, colors.grey)
    line = TableStyle([grid, ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)])
    rows = [[Paragraph(each, cell) for each in row] for row in (content.head, *content.rows)]
    story = [
        Paragraph(content.title, title),
        *(Paragraph(f"{name}: {value}", text) for name, value in content.facts),
        Spacer(1, 8),
        *(Paragraph(paragraph, text) for paragraph in content.paragraphs),
        Spacer(1, 8),
        Table(rows, repeatRows=1, style=line),
    ]
    SimpleDocTemplate(made, pagesize=A4, title=content.title, invariant=1).build(story)
    return made.getvalue()


def picture(content: Content) -> bytes:
    """Return a PNG like a screenshot of a monitoring page: a chart with date stamp (labels in Latin letters)."""
    image = Image.new("RGB", (960, 540), "#f7f8fa")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 960, 48), fill="#1f3a5f")
    period = content.facts[2][1]
    draw.text((20, 16), f"Monitoring  |  {period}  |  exported {content.facts[1][1]}", fill="white")
    seed = sum(map(ord, content.title))
    points = [(60 + 28 * day, 440 - (seed * (day + 3) * 37 % 220)) for day in range(31)]
    for mark in range(5):
        draw.line((60, 440 - mark * 60, 900, 440 - mark * 60), fill="#d8dde4")
        draw.text((20, 434 - mark * 60), f"{mark * 25} %", fill="#5a6572")
    draw.line((60, 140, 900, 140), fill="#c0392b", width=2)
    draw.line(points, fill="#2e6f9e", width=3)
    for day in range(0, 31, 5):
        draw.text((54 + 28 * day, 452), str(day + 1), fill="#5a6572")
    draw.text((60, 490), "Used capacity, daily peak; red: agreed threshold", fill="#5a6572")
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def mail(content: Content) -> bytes:
    """Return an e-mail with a Chinese subject and the record as a workbook attached."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "fuwutai@yunzhan.example", "hegui@yunzhan.example"
    message["Subject"], message["Date"] = content.title, f"{content.facts[1][1]} 09:30:00 +0800"
    message.replace_header("Date", datetime.fromisoformat(f"{content.facts[1][1]}T09:30:00+08:00"))
    message.set_content("\n".join((*content.paragraphs, *(f"{name}: {value}" for name, value in content.facts))))
    message.add_attachment(
        sheet(content),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        filename=f"{content.title}.xlsx",
    )
    message.set_boundary("=sample-boundary=")
    return message.as_bytes()


def _word_table(document: Document, head: Row, rows: tuple[Row, ...], *, head_row: bool = True) -> None:
    table = document.add_table(rows=0, cols=len(head), style="Table Grid")
    for row in (head, *rows) if head_row else rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    if head_row:
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 (python-docx has no name for a repeated row)
        properties.append(properties.makeelement(qn("w:tblHeader"), {}))


def _with_fixed_dates(archive: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
