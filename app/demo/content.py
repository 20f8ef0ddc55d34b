"""What stands in the sample's files: tables that look like the real thing, the same for the same title."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.company import NAME_EN, NAME_ZH, PEOPLE, SERVICES

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """A title, what stands in the head, paragraphs, and one table with its head row."""

    title: str
    language: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    head: Row
    rows: tuple[Row, ...]


def record_content(kind: str, title: str, day: date, period: str, signed: tuple[str, str]) -> Content:
    """Return what a record says: whose, of which period, by whom, and figures that fit its subject."""
    author, reviewer = signed
    rng = random.Random(title)  # noqa: S311 (invented figures)
    facts = (
        ("组织 Organisation", NAME_ZH),
        ("日期 Date", day.isoformat()),
        ("期间 Period", period or day.isoformat()),
        ("编制 Prepared by", author),
        ("审核 Reviewed by", reviewer),
    )
    head, rows = _table(kind, day, rng)
    paragraphs = (
        f"本记录由{author}于 {day.isoformat()} 形成，{reviewer}审核，数据取自 ITSM 平台与监控系统。",
        f"结论：共 {len(rows)} 项，异常项已登记并安排责任人处理。",
    )
    return Content(title, "zh", facts, paragraphs, head, rows)


def document_content(number: str, revision: int, title: str, language: str, owner: str) -> Content:
    """Return what a controlled document of the sample says."""
    chinese = language == "zh"
    names = ("编号", "版次", "负责人", "组织") if chinese else ("Number", "Revision", "Owner", "Organisation")
    values = (number, f"{revision}.0", owner, NAME_ZH if chinese else NAME_EN)
    paragraphs = (
        (
            f"为规范公司的服务管理活动，明确《{title}》所涉及的职责、要求和记录，制定本文件。",
            "适用范围：杭州总部与成都运维中心，以及由其提供的全部服务。",
            "职责：过程负责人维护本文件并监视绩效；各岗位按本文件执行并保留记录；合规专员核对证据的完整性。",
            "要求：输入完整、按优先级处理、关键活动经授权、结果可追溯；每月统计指标并在服务报告中通报。",
            "记录保存期限不少于三年加当前认证周期。",
        )
        if chinese
        else (
            f"This document sets out duties, requirements and records for “{title}”.",
            "It applies to the sites in Hangzhou and Chengdu and to every service they provide.",
            "The process owner keeps it up and watches performance; everybody works by it and keeps its records.",
            "Records are kept for at least three years and the current certification cycle.",
        )
    )
    head = ("序号", "活动", "责任岗位", "记录") if chinese else ("No.", "Activity", "Role", "Record")
    steps = ("登记", "分类与评估", "审批", "实施", "验证", "关闭与回顾") if chinese else _STEPS
    rows = tuple((str(n), step, PEOPLE[n % len(PEOPLE)].title_zh if chinese else PEOPLE[n % len(PEOPLE)].title_en,
                  f"F-{n:02}") for n, step in enumerate(steps, start=1))  # fmt: skip
    return Content(title, language, tuple(zip(names, values, strict=True)), paragraphs, head, rows)


_STEPS = ("Record", "Classify and assess", "Approve", "Carry out", "Verify", "Close and review")


def _table(kind: str, day: date, rng: random.Random) -> tuple[Row, tuple[Row, ...]]:
    if kind == "sla":
        head: Row = ("服务 Service", "指标 Measure", "目标 Target", "实际 Actual", "达成 Met")
        figures = ((zh, rng.choice((99.5, 99.9, 99.95)), round(rng.uniform(99.4, 100), 3)) for _, _, zh, _ in SERVICES)
        return head, tuple(
            (zh, "可用性", f"{target} %", f"{actual} %", "是" if actual >= target else "否")
            for zh, target, actual in figures
        )
    if kind == "tickets":
        head = ("单号 Number", "发现 Opened", "优先级 Priority", "摘要 Summary", "解决分钟 Minutes", "状态 State")
        return head, tuple(
            (
                f"INC-{day:%y%m}-{number:04}",
                (day - timedelta(days=rng.randint(0, 27))).isoformat(),
                rng.choice(("P2", "P3", "P3", "P4")),
                rng.choice(("磁盘空间告警", "VPN 无法连接", "应用响应缓慢", "数据库锁等待", "账号权限申请")),
                str(rng.randint(8, 460)),
                "已关闭",
            )
            for number in range(1, 19)
        )
    if kind == "changes":
        head = ("变更号 RFC", "类别 Category", "内容 Change", "风险 Risk", "批准 Approved by", "结果 Result")
        return head, tuple(
            (
                f"RFC-{day:%y%m}-{number:03}",
                rng.choice(("标准", "一般", "重大")),
                rng.choice(("防火墙策略调整", "数据库补丁升级", "应用版本发布", "存储扩容", "证书更换")),
                rng.choice(("低", "中")),
                "周浩 / CAB",
                rng.choice(("成功", "成功", "回退后成功")),
            )
            for number in range(1, 11)
        )
    if kind == "minutes":
        head = ("议题 Topic", "讨论 Discussion", "决议 Decision", "责任人 Owner", "期限 Due")
        topics = ("上期措施", "服务绩效", "顾客反馈", "风险与机遇", "改进建议")
        return head, tuple(
            (
                topic,
                "资料已分发并逐项讨论",
                "同意并跟踪",
                PEOPLE[number * 2].name,
                (day + timedelta(days=20)).isoformat(),
            )
            for number, topic in enumerate(topics)
        )
    head = ("序号 No.", "项目 Item", "要求 Required", "结果 Result", "备注 Remark")
    items = ("职责落实", "记录完整性", "时限达成", "异常处理", "数据一致性", "授权与批准", "与目标对比", "改进建议")
    return head, tuple(
        (str(n), item, "符合程序要求", f"{rng.randint(92, 100)} %", rng.choice(("无", "已跟踪", "已关闭")))
        for n, item in enumerate(items, start=1)
    )
