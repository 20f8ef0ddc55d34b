import io
import zipfile
from email.message import EmailMessage

import pytest
import xlsxwriter
from docx import Document
from reportlab.pdfgen.canvas import Canvas

from app.errors import Invalid, NotFound, TooLarge
from app.previews.blocks import Block, Preview
from app.previews.service import MOST_BYTES, kind_of, page_picture, picture_type, preview

SCRIPT = "<script>alert(1)</script>"


def shown(name: str, content: bytes) -> Preview:
    return preview(name, [content], len(content))


def pdf(pages: int = 1) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written)
    for number in range(pages):
        canvas.drawString(100, 700, f"page {number}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def test_a_word_document_is_shown_as_headings_paragraphs_and_tables_in_their_order() -> None:
    document, written = Document(), io.BytesIO()
    document.add_heading("事件管理程序", 1)
    document.add_paragraph(SCRIPT)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "版次", "1.0"
    document.save(written)
    assert shown("程序.DOCX", written.getvalue()).blocks == (
        Block("heading", "事件管理程序", 2),
        Block("text", SCRIPT),
        Block("table", rows=(("版次", "1.0"),)),
    )


def test_a_workbook_is_shown_sheet_by_sheet_with_values_and_not_formulas() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as workbook:
        sheet = workbook.add_worksheet("指标")
        sheet.write_row(0, 0, ["月", "数量"])
        sheet.write_formula(1, 1, "=1+1", None, 2)
    found = shown("kpi.xlsx", written.getvalue())
    assert found.blocks[0] == Block("heading", "指标", 2)
    assert found.blocks[1].rows == (("月", "数量"), ("", "2"))
    assert not found.cut


def test_a_long_workbook_is_cut_and_says_so() -> None:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(600):
            sheet.write_number(row, 0, row)
    found = shown("long.xlsx", written.getvalue())
    assert (len(found.blocks[1].rows), found.cut) == (500, True)


def test_an_e_mail_is_shown_with_its_head_text_and_the_names_of_what_is_attached() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "孙静 <sun@example.com>", "月度报告"
    message.set_content("正文")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="报告.pdf")
    head, body = shown("mail.eml", message.as_bytes()).blocks
    assert head.rows == (("From", "孙静 <sun@example.com>"), ("Subject", "月度报告"), ("Attachment", "报告.pdf"))
    assert body.text.strip() == "正文"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_the_encodings_that_chinese_systems_write(encoding: str) -> None:
    assert shown("日志.log", "事件记录 2026".encode(encoding)).blocks == (Block("code", "事件记录 2026"),)


def test_a_pdf_is_shown_as_pictures_of_its_pages() -> None:
    content = pdf(pages=3)
    assert shown("a.pdf", content).pages == 3
    assert page_picture([content], len(content), 3).startswith(b"\xff\xd8\xff")
    with pytest.raises(NotFound):
        page_picture([content], len(content), 4)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.xlsx"])
def test_what_is_not_what_its_name_says_is_refused_with_a_next_step(name: str) -> None:
    with pytest.raises(Invalid, match="Download it"):
        shown(name, b"nothing of the kind")


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(310):
            part.write(bytes(1 << 20))
    with pytest.raises(Invalid):
        shown("bomb.docx", written.getvalue())


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(TooLarge):
        preview("a.txt", iter(()), MOST_BYTES + 1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.PDF", "pdf"), ("a.svg", None), ("a.html", None), ("pdf", None), (".pdf", None), ("图.jpeg", "picture")],
)
def test_only_kinds_that_hold_no_scripts_are_shown(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind
    assert picture_type("a.svg") is None
