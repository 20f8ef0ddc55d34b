"""Every file of the sample is a real file, says something of its own, and is the same each time."""

import io
import re
import zipfile
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import pairwise
from xml.etree import ElementTree as ET

import docx
import pytest
from PIL import Image

from app.catalogue.pack import Action, Pack
from app.catalogue.reading import shipped
from app.demo.company import FRAMEWORKS, somebody
from app.demo.documents import documents
from app.demo.records import ENGLISH, NEVER, records
from app.demo.writing.content import Content, Occasion
from app.demo.writing.documents import MASTER_LIST, document_content
from app.demo.writing.figures import LIMITS, TARGETS, changes, incidents, uptimes
from app.demo.writing.office import mail, pdf, sheet, word
from app.demo.writing.pictures import picture
from app.demo.writing.records import SUBJECTS, record_content
from app.demo.writing.subjects.audit import DUE_DAYS, FINDINGS
from app.demo.writing.subjects.notices import POSTS

TODAY = date(2026, 11, 24)
DAYS = (TODAY, date(2027, 1, 31), date(2028, 2, 29), date(2026, 12, 30))
PACKS = {pack.id: pack for pack in shipped() if isinstance(pack, Pack)}
RETAINED = {
    each.id: each for code in reversed(FRAMEWORKS) for each in PACKS[code].expectations if each.action is Action.RETAIN
}
MAKERS: dict[str, Callable[[Content], bytes]] = {
    "docx": word, "xlsx": sheet, "pdf": pdf, "png": picture, "eml": mail,
}  # fmt: skip
TOLD_APART = {
    "continuity-invocation-report", "emergency-change-records", "nonconformity-register", "corrective-action-records",
    "obsolete-document-log", "document-approval-records", "sms-change-records",
}  # fmt: skip
"""Of these the sample has several; they differ in more than their days."""
PEOPLE = somebody("han.mei"), somebody("li.wei")
MONTH = Occasion("示例 2026-10", date(2026, 10, 1), date(2026, 10, 31), *PEOPLE, made_on=date(2026, 11, 2))


def _written(today: date) -> Iterator[tuple[str, Content]]:
    for each in records(tuple(RETAINED.values()), today):
        if each.nil:
            continue
        first, last = (each.period.start, each.period.end) if each.period else (each.collected_on, each.collected_on)
        when = Occasion(each.title, first, last, *PEOPLE, today, each.collected_on)
        yield SUBJECTS[each.expectation_id][0], record_content(each.expectation_id, when)
    listed = documents(today)
    for document in listed:
        for number in range(1, len(document.revisions) + 1):
            yield "xlsx" if document.kind == "register" else "docx", document_content(document, number, listed)


def _opens(ending: str, made: bytes, content: Content) -> bool:
    if ending == "docx":
        return docx.Document(io.BytesIO(made)).paragraphs[0].text == content.title
    if ending == "xlsx":
        with zipfile.ZipFile(io.BytesIO(made)) as book:
            pages = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
            assert all(ET.fromstring(book.read(name)) is not None for name in pages)  # noqa: S314 (our own file)
            return book.testzip() is None and len(pages) == sum(each.table is not None for each in content.sections) + 1
    if ending == "pdf":
        return made.startswith(b"%PDF-") and made.rstrip().endswith(b"%%EOF")
    if ending == "png":
        return Image.open(io.BytesIO(made)).format == "PNG"
    message = message_from_bytes(made, policy=default)
    assert isinstance(message, EmailMessage)
    return message["Subject"] == content.title and len(list(message.iter_attachments())) == 1


def test_every_record_that_the_sample_has_is_written_by_somebody() -> None:
    assert set(SUBJECTS) | NEVER | {"major-incident-report"} == set(RETAINED)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_table_is_whole(today: date) -> None:
    for _, content in _written(today):
        assert content.sections
        for section in content.sections:
            if section.table:
                assert section.table.rows
                assert {len(row) for row in section.table.rows} == {len(section.table.head)}, content.title
                assert all(cell for row in section.table.rows for cell in row), content.title


def test_every_file_opens_in_its_program() -> None:
    endings = set()
    kinds = {
        content.title.rpartition(" ")[0] or content.title: (ending, content) for ending, content in _written(TODAY)
    }
    for ending, content in kinds.values():
        endings.add(ending)
        assert _opens(ending, MAKERS[ending](content), content), content.title
    assert endings == set(MAKERS)


@pytest.mark.parametrize("ending", MAKERS)
def test_the_same_content_gives_the_same_bytes(ending: str) -> None:
    contents = (record_content(each, MONTH) for each in ("sla-performance-report", "capacity-monitoring-report"))
    assert all(MAKERS[ending](content) == MAKERS[ending](content) for content in contents)


def test_a_report_agrees_with_the_list_behind_it() -> None:
    [summary, tickets] = record_content("incident-records", MONTH).sections
    assert summary.table is not None
    assert tickets.table is not None
    assert sum(int(row[2]) for row in summary.table.rows) == len(tickets.table.rows) == len(incidents(MONTH.first))
    trend = record_content("service-report", MONTH).sections[1].table
    assert trend is not None
    assert trend.rows[-1][:2] == ("2026-10", str(len(tickets.table.rows)))
    assert trend.rows[-1][4] == str(len(changes(MONTH.first)))


def test_tickets_come_in_order_and_availability_follows_from_the_minutes_lost() -> None:
    for month in (date(2026, number, 1) for number in range(1, 13)):
        opened = [each.opened for each in incidents(month)]
        assert all(first <= second for first, second in pairwise(opened))
        assert {each.priority for each in incidents(month)} <= set(LIMITS) - {"P1"}
        assert {each.opened.month for each in incidents(month)} == {month.month}
        assert [each.service for each in uptimes(month)] == list(TARGETS)
        whole = monthrange(2026, month.month)[1] * 24 * 60
        assert all(abs(each.actual - 100 + each.down * 100 / whole) < 0.001 for each in uptimes(month))


def test_what_chinese_and_english_documents_say_is_in_their_language() -> None:
    listed = documents(TODAY)
    for document in listed:
        text = str(document_content(document, 1, listed))
        assert any("一" <= letter <= "鿿" for letter in text) == (document.language == "zh"), document.number


def test_only_what_was_approved_names_who_approved_it() -> None:
    listed = documents(TODAY)
    for document in listed:
        for number, revision in enumerate(document.revisions, start=1):
            content = document_content(document, number, listed)
            approval = next(value for name, value in content.facts if name in {"批准", "Approval"})
            history = content.sections[-1].table
            assert history is not None
            assert history.rows[-1][2] == document.change(number)
            assert approval.startswith("—") == (revision.approved_on is None) == history.rows[-1][2].endswith("未发布")
    assert sum(document.revisions[0].approved_on is None for document in listed) == 2


def test_audit_and_review_count_what_is_listed_and_follow_each_other() -> None:
    made = {each.expectation_id: each for each in records(tuple(RETAINED.values()), TODAY)}
    report, minutes = made["internal-audit-report"], made["management-review-minutes"]
    assert 21 <= (minutes.collected_on - report.collected_on).days <= 35
    days = report.collected_on, minutes.collected_on
    found, held = (
        str(record_content(each.expectation_id, Occasion(each.title, day, day, *PEOPLE, TODAY)).sections)
        for each, day in zip((report, minutes), days, strict=True)
    )
    minor, remarks = found.count("'一般不符合'"), found.count("'观察项'")
    assert all(f"一般不符合 {minor} 项、观察项 {remarks} 项" in text for text in (found, held))
    assert held.index(str(report.collected_on + timedelta(days=DUE_DAYS))) > 0
    papers = record_content("internal-audit-working-papers", MONTH).sections[0].table
    assert papers is not None
    assert {row[0] for row in papers.rows if row[3] != "符合"} == {each[0] for each in FINDINGS}


def test_the_internal_audit_gives_every_clause_to_somebody_else_than_its_owner() -> None:
    for name in ("internal-audit-plan", "internal-auditor-impartiality-record"):
        text = str(record_content(name, MONTH).sections)
        assert all(clause in text for clause in ("8.1", "8.2 至 8.4", "8.5", "8.6", "8.7", "10"))


def test_no_two_records_of_a_kind_say_the_same_and_registers_have_rows() -> None:
    said: dict[str, list[str]] = {}
    for each in records(tuple(RETAINED.values()), TODAY):
        when = Occasion(each.title, each.collected_on, each.collected_on, *PEOPLE, TODAY)
        if each.expectation_id in {"nonconformity-register", "complaint-register", "contract-dispute-log"}:
            table = record_content(each.expectation_id, when).sections[0].table
            assert table is not None
            assert len(table.rows) > 1, each.title
        if each.expectation_id in TOLD_APART:
            content = record_content(each.expectation_id, when)
            dates = re.compile(r"\d{4}-\d\d(-\d\d)?|-\d{4}-\d\d")
            said.setdefault(each.expectation_id, []).append(dates.sub("", str(content.sections)))
    assert set(said) == TOLD_APART
    assert all(len(set(texts)) == len(texts) > 1 for texts in said.values())


def test_a_corrective_action_is_about_what_the_register_of_the_month_before_lists() -> None:
    register, record = (
        record_content(name, replace(MONTH, first=day, last=day))
        for name, day in (("nonconformity-register", date(2026, 9, 24)), ("corrective-action-records", MONTH.last))
    )
    table = register.sections[0].table
    assert table is not None
    assert {each.heading for each in record.sections} <= {row[0] for row in table.rows}


def test_a_screenshot_is_about_the_month_before_it_was_taken() -> None:
    for name in ("capacity-monitoring-report", "availability-monitoring-report"):
        content = record_content(name, MONTH)
        assert (content.month, content.day) == ("2026-10", date(2026, 11, 2))


def test_the_master_list_says_which_revision_of_each_document_is_in_force_since_when() -> None:
    listed = documents(TODAY)
    [master] = (each for each in listed if each.number == MASTER_LIST)
    table = document_content(master, 2, listed).sections[0].table
    assert table is not None
    rows = {row[0]: dict(zip(table.head, row, strict=True)) for row in table.rows}
    assert set(rows) > {each.number for each in listed}
    approved = master.revisions[1].approved_on
    incident, draft = rows["YZ-SMS-L2-16"], rows["YZ-SMS-L1-05"]
    assert (incident["版次"], incident["状态"], incident["生效日期"]) == ("2.0", "生效", str(approved))
    assert (draft["版次"], draft["状态"], draft["生效日期"]) == ("-", "编制中", "-")


def test_a_message_goes_to_whom_it_addresses() -> None:
    sent = {}
    for name, post in POSTS.items():
        message = message_from_bytes(mail(record_content(name, MONTH)), policy=default)
        sent[name] = {each.domain for each in message["To"].addresses}
        assert len(message["To"].addresses) == len(post.to)
        assert message["From"].addresses[0].username in {"wang.min", "sun.jing", "feng.xue"}
    assert sent["policy-communication-record"] == {"yunzhan.example"}
    assert "yunzhan.example" not in sent["communication-records"]
    assert {"qiantang-bank.example", "dongchen-dc.example"} < sent["security-policy-communication-record"]


def test_sheets_are_numbered_once_and_print_on_the_width_of_one_page() -> None:
    listed = documents(TODAY)
    [register] = (each for each in listed if each.number == "YZ-SMS-L4-09")
    with zipfile.ZipFile(io.BytesIO(sheet(document_content(register, 1, listed)))) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        page = book.read("xl/worksheets/sheet2.xml").decode()
    assert names == ["封面", "3 内容", "4 修订记录"]
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page


def test_a_service_report_comments_on_every_target_that_was_missed() -> None:
    commented = 0
    for month in (date(2026, number, 1) for number in range(1, 13)):
        content = record_content("service-report", Occasion("月报", month, month.replace(day=28), *PEOPLE))
        table, text = content.sections[0].table, str(content.sections[0].paragraphs)
        assert table is not None
        for row in table.rows:
            missed = row[6] != "-" and float(row[6].removesuffix(" %")) < 90
            assert (f"{row[0]}: {row[6]} solved in time" in text) == missed
            commented += missed
    assert commented


def test_a_good_part_of_the_sample_is_in_english_with_names_of_people() -> None:
    english = [each for each in records(tuple(RETAINED.values()), TODAY) if each.expectation_id in ENGLISH]
    assert len(english) >= 25
    assert sum(each.language == "en" for each in documents(TODAY)) >= 8
    for each in english:
        when = Occasion(each.title, each.collected_on, each.collected_on, *PEOPLE, TODAY)
        content = record_content(each.expectation_id, when)
        assert content.language == "en"
        assert ("Prepared by", "Han Mei, Service desk engineer") in content.facts
        text = str((content.title, content.facts, content.sections))
        assert text.isascii(), each.title
        assert not re.search(r"[a-z]+\.[a-z]+ ?\)", text)
