"""What is wrong in the sample on purpose: each gap with the finding it causes and a sentence for people."""

from dataclasses import dataclass

from app.demo.documents import DRAFT, IN_REVIEW, LATER, OVERDUE, REVISED
from app.demo.records import (
    BACKFILLED,
    EXPIRED,
    EXPIRING,
    HOLE,
    LATE,
    NIL,
    NOBODYS,
    PENDING,
    REJECTED,
    TOO_SHORT,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: the code of its finding, what it is about, and whether it only shows on the day of stage 2.

    `subject` is an expectation's id, a document's number, or the name of a service or supplier. `code` is empty for
    what the sample shows without its being wrong.
    """

    code: str
    subject: str
    en: str
    zh: str
    later: bool = False


GAPS = (
    Gap(
        "period-missing",
        HOLE,
        "One service level report of the last three months is missing.",
        "最近三个月中缺一份服务级别达成报告。",
    ),
    Gap(
        "period-late",
        LATE,
        "A capacity report was recorded after its days of grace.",
        "一份能力监视报告超过宽限期才录入。",
    ),
    Gap(
        "period-backfilled",
        BACKFILLED,
        "Three months of service requests were recorded on one day.",
        "三个月的服务请求记录在同一天补录。",
    ),
    Gap(
        "history-too-short",
        TOO_SHORT,
        "Security incident records began only last month.",
        "信息安全事件记录上个月才开始。",
    ),
    Gap("evidence-expired", EXPIRED, "The internal auditors' statement has expired.", "内审员能力与公正性记录已过期。"),
    Gap(
        "evidence-expiring",
        EXPIRING,
        "A certificate ends before stage 2.",
        "一份资格证书在第二阶段审核前到期。",
        later=True,
    ),
    Gap(
        "evidence-missing",
        "continuity-test-record",
        "The continuity plan has never been tested.",
        "服务连续性计划从未测试。",
    ),
    Gap("evidence-rejected", REJECTED, "The only supplier evaluation was rejected.", "唯一的供应商评价记录被退回。"),
    Gap(
        "acceptance-pending",
        PENDING,
        "Nobody has accepted the view of the catalogue yet.",
        "服务目录访问证据尚未验收。",
    ),
    Gap("owner-missing", NOBODYS, "The improvement reports have no owner.", "改进效果报告没有负责人。"),
    Gap(
        "document-unapproved", DRAFT, "The information security policy is a draft.", "信息安全方针仍为草案，从未批准。"
    ),
    Gap(
        "document-unapproved",
        IN_REVIEW,
        "The problem procedure waits for approval.",
        "问题管理程序正在评审，等待批准。",
    ),
    Gap(
        "document-not-effective",
        LATER,
        "The release procedure takes effect only next month.",
        "发布与部署管理程序下月才生效。",
    ),
    Gap("review-overdue", OVERDUE, "The review of the knowledge procedure is overdue.", "知识管理程序的评审已逾期。"),
    Gap(
        "link-suspect",
        REVISED,
        "The incident procedure changed after its links were confirmed.",
        "事件管理程序在关联确认之后又有修订。",
    ),
    Gap(
        "service-uncovered",
        "Database operation",
        "The agreement for database operation has ended.",
        "数据库运维服务的 SLA 已到期。",
    ),
    Gap("supplier-uncovered", "Ruijie Spare Parts", "A supplier has no contract.", "供应商瑞杰备件没有合同。"),
    Gap(
        "waiver-expired",
        "document-repository-backup",
        "A waiver runs out before stage 2.",
        "文件库备份的豁免在第二阶段审核前到期。",
        later=True,
    ),
    Gap(
        "",
        NIL,
        "A quarter without major incidents is stated, not left out.",
        "没有重大事件的季度有零报告，而不是空缺。",
    ),
)
"""Every gap of the sample; a test holds the report against them."""
