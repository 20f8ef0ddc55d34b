"""Who the sample organisation is: people, services, parties, agreements, audits, waivers; days relative to one day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.identity.actor import Role
from app.readiness.periods import add_months

NAME_EN = "Hangzhou Yunzhan Information Technology Co., Ltd."
NAME_ZH = "杭州云栈信息技术有限公司"
PROGRAMME = "itsm"
FRAMEWORKS = ("iso20000-1-2018", "iso27001-2022")
SCOPE_EN = (
    "The service management system of Hangzhou Yunzhan Information Technology Co., Ltd. supporting the provision of"
    " infrastructure operation, cloud hosting, application support, service desk and database operation services"
    " from its sites in Hangzhou and Chengdu."
)
SCOPE_ZH = "杭州云栈信息技术有限公司（杭州、成都）为顾客提供基础设施运维、云托管、应用支持、服务台及数据库运维服务的服务管理体系。"  # noqa: E501
PLANNED, AUDITED, REVIEWED = 130, 110, 82
"""How many days ago the audit and the review were planned, the audit reported and the review held."""
SATURDAY = 5
HOLIDAYS = frozenset({(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))})
"""New Year, Labour Day and the National Day week, by month and day; those that follow the moon are left out."""
STAGE_1_DAYS, STAGE_2_DAYS, OPERATION_MONTHS = 120, 183, 9


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works there or audits; `key` is the login."""

    key: str
    name_zh: str
    name_en: str
    roles: tuple[Role, ...]
    title_en: str
    title_zh: str

    @property
    def name(self) -> str:
        """What the program calls them, readable in both languages."""
        return f"{self.name_zh} {self.name_en}"


PEOPLE = (
    Person("chen.zhiyuan", "陈志远", "Chen Zhiyuan", (Role.REVIEWER,), "General manager", "总经理"),
    Person("wang.min", "王敏", "Wang Min", (Role.COMPLIANCE_OFFICER,), "Compliance officer", "合规专员"),
    Person("li.wei", "李伟", "Li Wei", (Role.COMPLIANCE_OFFICER,), "Management representative", "管理者代表"),
    Person("zhao.lei", "赵磊", "Zhao Lei", (Role.ADMINISTRATOR,), "System administrator", "系统管理员"),
    Person("sun.jing", "孙静", "Sun Jing", (Role.PROCESS_OWNER,), "Service level manager", "服务级别经理"),
    Person("zhou.hao", "周浩", "Zhou Hao", (Role.PROCESS_OWNER,), "Change manager", "变更经理"),
    Person("wu.fang", "吴芳", "Wu Fang", (Role.PROCESS_OWNER,), "Service desk lead", "服务台主管"),
    Person("zheng.kai", "郑凯", "Zheng Kai", (Role.PROCESS_OWNER,), "Operations manager", "运维经理"),
    Person("feng.xue", "冯雪", "Feng Xue", (Role.PROCESS_OWNER,), "Information security officer", "信息安全负责人"),
    Person("chu.tian", "褚天", "Chu Tian", (Role.PROCESS_OWNER,), "Supplier manager", "供应商经理"),
    Person("han.mei", "韩梅", "Han Mei", (Role.CONTRIBUTOR,), "Service desk engineer", "服务台工程师"),
    Person("shen.yu", "沈宇", "Shen Yu", (Role.REVIEWER,), "Internal auditor", "内审员"),
)
WRITER, REVIEWER, MANAGER = "wang.min", "li.wei", "chen.zhiyuan"

OWNERS = {
    "4": "li.wei",
    "5": "li.wei",
    "6": "li.wei",
    "7": "wang.min",
    "8": "zheng.kai",
    "8.2.3": "chu.tian",
    "8.2.4": "sun.jing",
    "8.3.2": "sun.jing",
    "8.3.3": "sun.jing",
    "8.3.4": "chu.tian",
    "8.4": "zheng.kai",
    "8.5": "zhou.hao",
    "8.6": "wu.fang",
    "8.7.3": "feng.xue",
    "9": "li.wei",
    "9.4": "sun.jing",
    "10.1": "li.wei",
}
"""Who answers for which clause of ISO/IEC 20000-1:2018. Nobody has been named for 10.2: one of the gaps."""
ISMS_OWNERS = dict.fromkeys(("4", "5", "6", "7", "8", "9", "10", "A"), "feng.xue")
OWN_OWNERS = {
    "security-policy-communication-record": "feng.xue",
    "internal-audit-plan": "shen.yu",
    "internal-audit-report": "shen.yu",
    "internal-audit-working-papers": "shen.yu",
}
"""Records that belong to somebody else than their clause does."""

SITES = (
    {"name_en": "Hangzhou", "name_zh": "杭州总部", "address": "杭州市余杭区云栈路 88 号"},
    {"name_en": "Chengdu", "name_zh": "成都运维中心", "address": "成都市高新区天府软件园 C 区"},
)
SERVICES = (
    ("ops", "Infrastructure operation", "基础设施运维服务", "zheng.kai"),
    ("cloud", "Cloud hosting", "云托管服务", "zheng.kai"),
    ("apps", "Application support", "应用支持服务", "wu.fang"),
    ("desk", "Service desk", "服务台服务", "wu.fang"),
    ("dba", "Database operation", "数据库运维服务", "zheng.kai"),
)
PARTIES = (
    ("bank", "customer", "Qiantang Commercial Bank", "钱塘商业银行"),
    ("hospital", "customer", "Xihu District Hospital", "西湖区人民医院"),
    ("retail", "customer", "Jiangnan Retail Group", "江南零售集团"),
    ("logistics", "customer", "Shudao Logistics", "蜀道物流"),
    ("carrier", "external-supplier", "Huatong Telecom", "华通电信"),
    ("datacentre", "external-supplier", "Dongchen Data Centre", "东辰数据中心"),
    ("spares", "external-supplier", "Ruijie Spare Parts", "瑞杰备件"),
    ("facility", "internal-supplier", "Facilities department", "行政后勤部"),
)


def somebody(key: str) -> Person:
    """Return the person with a login."""
    return next(each for each in PEOPLE if each.key == key)


def owner_of(expectation_id: str, clause: str) -> str | None:
    """Return who answers for a record: its own owner, else that of its clause or the nearest one above."""
    if expectation_id in OWN_OWNERS:
        return OWN_OWNERS[expectation_id]
    owners = ISMS_OWNERS if expectation_id.startswith("isms-") else OWNERS
    parts = clause.split(".")
    return next((owners[key] for end in range(len(parts), 0, -1) if (key := ".".join(parts[:end])) in owners), None)


def operation_start(today: date) -> date:
    """Return the first day of the month nine months ago: the trial run began then."""
    return add_months(today.replace(day=1), -OPERATION_MONTHS)


def working_day(day: date) -> date:
    """Return that day, or the first one after it that is no weekend and no fixed public holiday."""
    while day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS:
        day += timedelta(days=1)
    return day


def profile(today: date) -> dict[str, Any]:
    """Return the programme's profile."""
    return {
        "name_en": "IT service management certification",
        "name_zh": "IT 服务管理体系认证项目",
        "scope_en": SCOPE_EN,
        "scope_zh": SCOPE_ZH,
        "frameworks": list(FRAMEWORKS),
        "start_of_operation": operation_start(today).isoformat(),
    }


def audits(today: date) -> tuple[dict[str, Any], ...]:
    """Return the planned audits."""
    body = "Huaxin Certification (华信认证)"
    stage_1, stage_2 = today + timedelta(days=STAGE_1_DAYS), today + timedelta(days=STAGE_2_DAYS)
    return (
        {"kind": "stage-1", "planned_on": stage_1.isoformat(), "body": body},
        {
            "kind": "stage-2",
            "planned_on": stage_2.isoformat(),
            "until_on": (stage_2 + timedelta(days=2)).isoformat(),
            "body": body,
        },
    )


def agreements(today: date) -> tuple[tuple[str, str | None, str | None, str, date, date], ...]:
    """Return kind, service, party, title, first and last day. One SLA has ended; one supplier has no contract."""
    start, long = operation_start(today), today + timedelta(days=400)
    ended = today - timedelta(days=10)
    return (
        ("sla", "ops", "bank", "基础设施运维 SLA（钱塘商业银行）", start, long),
        ("sla", "cloud", "retail", "云托管 SLA（江南零售集团）", start, long),
        ("sla", "apps", "hospital", "应用支持 SLA（西湖区人民医院）", start, long),
        ("sla", "desk", "bank", "服务台 SLA（钱塘商业银行）", start, long),
        ("sla", "dba", "logistics", "数据库运维 SLA（蜀道物流）", start, ended),
        ("contract", None, "carrier", "专线服务合同", start, long),
        ("contract", None, "datacentre", "机柜托管合同", start, today + timedelta(days=150)),
        ("internal", None, "facility", "机房保障内部协议", start, long),
    )


def waivers(today: date) -> tuple[dict[str, str], ...]:
    """Return the waivers: one runs out before stage 2."""
    return (
        {
            "expectation_id": "document-repository-backup",
            "reason": "文件库迁移期间暂停恢复演练，迁移后补做",
            "until": (today + timedelta(days=90)).isoformat(),
        },
    )
