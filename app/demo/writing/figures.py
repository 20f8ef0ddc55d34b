"""What happened in the sample organisation month by month: one set of figures that every list and report draws on.

The same month always has the same incidents, changes and availability, so the numbers of a report agree with the
lists behind it, as an auditor who follows a trail will check.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.demo.company import PARTIES, SERVICES
from app.readiness.periods import add_months, period_of

Row = tuple[str, ...]
TARGETS = {"ops": 99.9, "cloud": 99.95, "apps": 99.5, "desk": 99.5, "dba": 99.9}
"""Agreed availability of each service, in per cent of the agreed service time (7 x 24)."""
LIMITS = {"P1": (15, 240), "P2": (30, 480), "P3": (60, 1440), "P4": (240, 4320)}
"""Agreed minutes to respond and to resolve, by priority."""
NAMES = {key: zh for key, _, zh, _ in SERVICES}
NAMES_EN = {key: en for key, en, _, _ in SERVICES}
CUSTOMERS = {
    "ops": "钱塘商业银行",
    "cloud": "江南零售集团",
    "apps": "西湖区人民医院",
    "desk": "钱塘商业银行",
    "dba": "蜀道物流",
}
CUSTOMERS_EN = {
    service: next(en for _, _, en, zh in PARTIES if zh == customer) for service, customer in CUSTOMERS.items()
}
ENGINEERS = ("韩梅", "吴芳", "郑凯", "罗强", "何冰")
FAULTS = {
    "ops": ("核心交换机 CPU 使用率告警", "机房空调高温告警", "磁盘阵列单盘故障", "专线时延升高", "备份任务失败"),
    "cloud": ("虚拟机无法启动", "云主机磁盘空间不足", "负载均衡健康检查失败", "对象存储访问超时", "快照失败"),
    "apps": ("挂号系统响应缓慢", "医保接口返回超时", "报表导出失败", "应用登录报错", "电子病历打印异常"),
    "desk": ("VPN 无法连接", "邮箱无法收信", "打印机脱机", "域账号锁定", "终端蓝屏"),
    "dba": ("数据库锁等待", "表空间使用率超 85%", "慢 SQL 导致积压", "主备同步延迟", "归档日志堆积"),
}
WISHES = ("账号与权限开通", "软件安装", "邮箱扩容", "VPN 权限申请", "云主机申请", "数据提取", "终端更换", "密码重置")
WORKS = {
    "ops": ("防火墙策略调整", "交换机固件升级", "存储扩容 20 TB"),
    "cloud": ("虚拟化平台补丁", "云主机规格调整", "HTTPS 证书更换"),
    "apps": ("挂号系统 V4.2 发布", "报表模块缺陷修复", "中间件参数优化"),
    "desk": ("终端安全软件升级", "自助门户流程上线", "邮件网关规则调整"),
    "dba": ("数据库季度补丁", "索引优化", "主备切换演练窗口"),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """An incident or a service request; `minutes` from opening to solution."""

    number: str
    opened: datetime
    service: str
    priority: str
    summary: str
    response: int
    minutes: int
    engineer: str

    @property
    def in_time(self) -> bool:
        """Whether both agreed times were kept."""
        response, minutes = LIMITS[self.priority]
        return self.response <= response and self.minutes <= minutes


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was carried out."""

    number: str
    done_on: date
    service: str
    category: str
    summary: str
    risk: str
    result: str


@dataclass(frozen=True, slots=True)
class Uptime:
    """A service's availability in one month; times in minutes, shares in per cent."""

    service: str
    target: float
    down: int
    actual: float

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.actual >= self.target


def dice(key: str) -> random.Random:
    """Return a source of invented figures that is the same for the same key."""
    return random.Random(key)  # noqa: S311 (figures, not secrets)


def months(first: date, last: date) -> tuple[date, ...]:
    """Return the first day of each month that has a day in `first`..`last`, in order."""
    made = [first.replace(day=1)]
    while add_months(made[-1], 1) <= last:
        made.append(add_months(made[-1], 1))
    return tuple(made)


def incidents(month: date) -> tuple[Ticket, ...]:
    """Return a month's incidents by the time they were opened; none was a major one."""
    rng = dice(f"incidents {month:%Y-%m}")
    found = []
    for opened in _moments(rng, month, rng.randint(16, 24)):
        service = rng.choice(tuple(NAMES))
        priority = rng.choices(("P2", "P3", "P4"), (2, 9, 5))[0]
        response, minutes = LIMITS[priority]
        late = rng.random() < 0.02  # noqa: PLR2004 (one in fifty takes longer than agreed)
        took = minutes + rng.randint(12, 90) if late else rng.randint(minutes // 20, minutes * 3 // 4)
        fault, answered = rng.choice(FAULTS[service]), rng.randint(2, response - 2)
        found.append((opened, service, priority, fault, answered, took, rng.choice(ENGINEERS)))
    return tuple(Ticket(f"INC-{month:%y%m}-{number:03}", *each) for number, each in enumerate(found, start=1))


def requests(month: date) -> tuple[Ticket, ...]:
    """Return a month's service requests by the time they were opened."""
    rng = dice(f"requests {month:%Y-%m}")
    return tuple(
        Ticket(
            f"REQ-{month:%y%m}-{number:03}", opened, rng.choice(("desk", "desk", "cloud", "apps")), "P4",
            rng.choice(WISHES), rng.randint(5, 120), rng.randint(60, 3600), rng.choice(ENGINEERS),
        )
        for number, opened in enumerate(_moments(rng, month, rng.randint(24, 34)), start=1)
    )  # fmt: skip


def changes(month: date) -> tuple[Change, ...]:
    """Return a month's changes by the day they were carried out; emergencies are listed apart."""
    rng = dice(f"changes {month:%Y-%m}")
    made = []
    for number, moment in enumerate(_moments(rng, month, rng.randint(8, 13)), start=1):
        service = rng.choice(tuple(NAMES))
        category = rng.choices(("标准", "一般", "重大"), (4, 6, 1))[0]
        risk = {"标准": "低", "一般": rng.choice(("低", "中")), "重大": "高"}[category]
        result = rng.choices(("成功", "回退后重做成功"), (14, 1))[0]
        summary = rng.choice(WORKS[service])
        made.append(Change(f"RFC-{month:%y%m}-{number:03}", moment.date(), service, category, summary, risk, result))
    return tuple(made)


def uptimes(month: date) -> tuple[Uptime, ...]:
    """Return the availability of every service in a month, in the order of the service catalogue."""
    rng = dice(f"uptime {month:%Y-%m}")
    whole = period_of(month, "monthly").end.day * 24 * 60
    made = []
    for service, target in TARGETS.items():
        allowed = int(whole * (100 - target) / 100)
        missed = rng.random() < 0.04  # noqa: PLR2004 (one month in twenty-five)
        down = allowed + rng.randint(4, 15) if missed else rng.randint(0, allowed * 4 // 5)
        made.append(Uptime(service, target, down, round(100 - down * 100 / whole, 3)))
    return tuple(made)


def loads(month: date, what: str) -> tuple[int, ...]:
    """Return the daily peak of a resource over a month, in per cent."""
    rng = dice(f"load {what} {month:%Y-%m}")
    level, made = rng.randint(48, 62), []
    for _ in range(period_of(month, "monthly").end.day):
        level = max(35, min(82, level + rng.randint(-6, 7)))
        made.append(level)
    return tuple(made)


def share(part: int, whole: int) -> str:
    """Return a share in words, `-` where there was nothing."""
    return f"{part * 100 / whole:.1f} %" if whole else "-"


def _moments(rng: random.Random, month: date, count: int) -> list[datetime]:
    last = period_of(month, "monthly").end.day
    return sorted(
        datetime.combine(month, time(rng.randint(7, 22), rng.randint(0, 59))) + timedelta(days=rng.randrange(last))
        for _ in range(count)
    )
