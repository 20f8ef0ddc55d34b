"""What each controlled document of the sample says: its control block, chapters and revisions."""

from collections.abc import Sequence
from datetime import date

from app.demo.company import MANAGER, NAME_EN, NAME_ZH, WRITER, somebody
from app.demo.documents import SampleDocument
from app.demo.writing.chapters.abroad import ENGLISH, ENGLISH_PROCEDURES
from app.demo.writing.chapters.plans import PLANS
from app.demo.writing.chapters.procedures import PROCEDURES
from app.demo.writing.chapters.registers import REGISTERS
from app.demo.writing.content import Content, Section, Table, lines, listed

MASTER_LIST = "YZ-SMS-L4-03"
KINDS = {
    "policy": "方针",
    "plan": "计划",
    "procedure": "程序",
    "register": "清单",
    "agreement": "协议",
}

UNSIGNED = {"draft": ("—（草案）", "— (draft)"), "in-review": ("—（审批中）", "— (in review)")}


def document_content(sample: SampleDocument, number: int, whole_list: Sequence[SampleDocument]) -> Content:
    """Return what revision `number` of a document says; the master list names every document of `whole_list`."""
    english = sample.language == "en"
    sections = (
        *(_english(sample) if english else _chinese(sample, number, whole_list)),
        _history(sample, number),
    )
    day = sample.revisions[number - 1].written_on
    return Content(sample.title, sample.language, day, _control(sample, number), sections)


def _control(sample: SampleDocument, number: int) -> tuple[tuple[str, str], ...]:
    owner, writer, manager = (somebody(key) for key in (sample.owner, WRITER, MANAGER))
    revision = sample.revisions[number - 1]
    written = revision.written_on.isoformat()
    unsigned = UNSIGNED.get(revision.state, ("", ""))
    if sample.language == "en":
        return (
            ("Organisation", NAME_EN),
            ("Number", sample.number),
            ("Revision", f"{number}.0 of {written}"),
            ("Owner", f"{owner.title_en} ({owner.name_en})"),
            (
                "Approval",
                unsigned[1] or f"{manager.title_en} ({manager.name_en}); see the approval record in the repository",
            ),
            ("Classification", "Internal"),
        )
    return (
        ("组织", NAME_ZH),
        ("文件编号", sample.number),
        ("版次", f"{number}.0（{written}）"),
        ("文件类别", KINDS[sample.kind]),
        ("负责人", f"{owner.name_zh}（{owner.title_zh}）"),
        ("编制", writer.name_zh),
        ("批准", unsigned[0] or f"{manager.name_zh}（{manager.title_zh}），见文件库审批记录"),
        ("密级", "内部"),
    )


def _chinese(sample: SampleDocument, number: int, whole_list: Sequence[SampleDocument]) -> tuple[Section, ...]:
    code = _code(sample)
    if code in PROCEDURES:
        purpose, steps, measure = PROCEDURES[code]
        return (
            Section("1 目的", (purpose,)),
            Section("2 范围", ("适用于杭州总部与成都运维中心，以及由其提供的全部服务。",)),
            Section("3 职责", _duties(sample)),
            listed("4 活动", "活动|责任|要点|记录", steps),
            listed("5 绩效指标", "指标|目标", measure, "按月统计，在服务报告和管理评审中通报。"),
            Section("6 记录", ("本文件产生的记录保存三年加当前认证周期，见 YZ-SMS-L2-02。",)),
        )
    if sample.number == MASTER_LIST:
        revision = sample.revisions[number - 1]
        return (_master_list(whole_list, revision.approved_on or revision.written_on),)
    purpose, table = PLANS.get(code) or REGISTERS[code]
    rows = lines(table)
    body = Section("3 内容", (), Table(rows[0], rows[1:]))
    return Section("1 目的", (purpose,)), Section("2 职责", _duties(sample)), body


def _english(sample: SampleDocument) -> tuple[Section, ...]:
    code, owner = _code(sample), somebody(sample.owner)
    duty = (
        f"The {owner.title_en.lower()} ({owner.name_en}) keeps this document up to date and watches that it is"
        " followed; the compliance officer checks the records, the internal auditor its use once a year."
    )
    if code in ENGLISH_PROCEDURES:
        purpose, steps, measure = ENGLISH_PROCEDURES[code]
        return (
            Section("1 Purpose", (purpose,)),
            Section("2 Scope", ("Hangzhou and Chengdu, and every service that they provide.",)),
            Section("3 Responsibilities", (duty,)),
            listed("4 Activities", "Activity|Responsible|Rule|Record", steps),
            listed("5 Measures", "Measure|Target", measure, "Counted every month and reported."),
        )
    purpose, table = ENGLISH[code]
    rows = lines(table)
    terms = "Times count around the clock. Both sides review this document once a year."
    changes = "Changes need the written consent of both sides and go through change management."
    agreed = sample.kind == "agreement"
    return (
        Section("1 Purpose", (purpose,)),
        Section("2 Terms", (terms,)) if agreed else Section("2 Responsibilities", (duty,)),
        Section("3 Content", (), Table(rows[0], rows[1:])),
        *((Section("4 Changes", (changes,)),) if agreed else ()),
    )


def _master_list(whole_list: Sequence[SampleDocument], day: date) -> Section:
    """Return the list as it is on the day that it is approved itself; what is written later is in preparation."""
    rows = tuple(
        (each.number, each.level, KINDS[each.kind], each.title, *_standing(each, day),
         somebody(each.owner).name_zh, "文件库")
        for each in whole_list
    )  # fmt: skip
    external = lines("""
    EXT-01|外来|标准|ISO/IEC 20000-1:2018|2018 版|现行|-|王敏|文控持有，受版权保护
    EXT-02|外来|标准|ISO/IEC 27001:2022|2022 版|现行|-|冯雪|文控持有，受版权保护
    EXT-03|外来|标准|GB/T 22239-2019 网络安全等级保护基本要求|2019 版|现行|-|冯雪|在线""")
    head = "编号|级别|类别|名称|版次|状态|生效日期|负责人|位置"
    return listed("文件总清单", head, (*rows, *external), f"截至 {day}；此后的变化见文件库。查阅：全体；修改：文控。")


def _standing(sample: SampleDocument, day: date) -> tuple[str, str, str]:
    """Return revision, state and first day in force of a document on a day."""
    signed = [
        (f"{number}.0", revision.effective_on or revision.approved_on)
        for number, revision in enumerate(sample.revisions, start=1)
        if revision.approved_on is not None and revision.approved_on <= day
    ]
    if signed:
        number, effective_on = signed[-1]
        return number, "生效" if effective_on <= day else "已批准，待生效", effective_on.isoformat()
    first = sample.revisions[0]
    if first.written_on > day:
        return "-", "编制中", "-"
    return "1.0", "审批中" if first.submitted else "草案", "-"


def _history(sample: SampleDocument, number: int) -> Section:
    rows = tuple(
        (f"{each}.0", revision.written_on.isoformat(), sample.change(each))
        for each, revision in enumerate(sample.revisions[:number], start=1)
    )
    if sample.language == "en":
        return listed("Revisions", "Revision|Date|Change", rows)
    return listed("修订记录", "版次|日期|说明", rows)


def _duties(sample: SampleDocument) -> tuple[str, ...]:
    owner = somebody(sample.owner)
    return (
        f"{owner.title_zh}负责维护本文件并监视其执行；各岗位按本文件工作并保留记录。",
        "合规专员核对记录是否完整、按时；内审员每年审核执行情况。",
    )


def _code(sample: SampleDocument) -> str:
    return sample.number.removeprefix("YZ-SMS-")
