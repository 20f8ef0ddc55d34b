"""Records of running the services: tickets, changes, releases, configuration, capacity, availability, continuity."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from app.demo.writing.content import Occasion, Section, alone, listed, numbered
from app.demo.writing.figures import (
    CUSTOMERS,
    ENGINEERS,
    LIMITS,
    NAMES,
    Change,
    Row,
    Ticket,
    changes,
    dice,
    incidents,
    loads,
    requests,
    share,
    uptimes,
)

TICKET_HEAD = "单号|受理时间|服务|顾客|优先级|摘要|响应(分)|解决(分)|处理人|按时|状态"
CHANGE_HEAD = "变更号|实施日期|服务|类别|内容|风险|批准|结果"


def incident_records(when: Occasion) -> tuple[Section, ...]:
    """Return every incident of the months."""
    found = [each for month in when.months for each in incidents(month) if each.opened.date() <= when.last]
    return _summary("一、汇总", found), listed(
        "二、事件清单", TICKET_HEAD, tuple(ticket_row(each, when.day) for each in found)
    )


def request_records(when: Occasion) -> tuple[Section, ...]:
    """Return every service request of the months."""
    found = [each for month in when.months for each in requests(month) if each.opened.date() <= when.last]
    rows = tuple(ticket_row(each, when.day) for each in found)
    return alone("服务请求清单", TICKET_HEAD, rows, f"本期共 {len(found)} 单，履行按 YZ-SMS-L3-01 执行。")


def delivery_records(when: Occasion) -> tuple[Section, ...]:
    """Return the shift log of the operation centre."""
    rng = dice(when.title)
    rows = []
    for offset in range((when.last - when.first).days + 1):
        day = when.first + timedelta(days=offset)
        opened = sum(each.opened.date() == day for each in incidents(day.replace(day=1)))
        early, late = rng.sample(ENGINEERS, 2)
        rows.append(
            (day.isoformat(), early, late, "12/12", str(opened), "正常" if not opened else "见事件单", "已交接")
        )
    return alone("运行值班与交接日志", "日期|白班|夜班|巡检项|新增事件|运行情况|交接", tuple(rows))


def problem_records(when: Occasion) -> tuple[Section, ...]:
    """Return the problems opened in the months, each from the fault seen most often."""
    rows = tuple(
        (f"PRB-{month:%y%m}-01", (month + timedelta(days=20)).isoformat(), NAMES[service], f"重复发生：{fault}",
         cause, action, "已关闭" if month < when.months[-1] else "观察中")
        for month in when.months
        for service, fault, cause, action in (_commonest(month),)
    )  # fmt: skip
    head = "问题号|立项日期|服务|问题描述|根本原因|永久措施（变更）|状态"
    return alone("问题清单", head, rows, "立项准则：同类事件一个月内两次及以上，或重大事件。")


def problem_effectiveness(when: Occasion) -> tuple[Section, ...]:
    """Return whether solved problems stayed away."""
    rows = tuple(
        (f"PRB-{month:%y%m}-01", fault, str(before), str(max(0, before - 2)), "有效" if before <= 3 else "继续观察")  # noqa: PLR2004
        for month in when.before(6)
        for _, fault, _, _ in (_commonest(month),)
        for before in (sum(each.summary == fault for each in incidents(month)) + 1,)
    )
    head = "问题号|对应事件类型|措施前月均|措施后月均|结论"
    return alone("问题解决有效性", head, rows, "比较措施实施前后各一个月的同类事件数量。")


def incident_trends(when: Occasion) -> tuple[Section, ...]:
    """Return the incidents of the quarter by service and month."""
    head = "服务|" + "|".join(f"{month:%Y-%m}" for month in when.months) + "|合计"
    rows = []
    for key, name in NAMES.items():
        counts = [sum(each.service == key for each in incidents(month)) for month in when.months]
        rows.append((name, *map(str, counts), str(sum(counts))))
    causes = tuple((f"{month:%Y-%m}", *_commonest(month)[1:]) for month in when.months)
    return (
        listed("一、各服务事件数量", head, tuple(rows)),
        listed("二、需立为问题的重复事件", "月份|现象|原因|措施", causes),
    )


def change_requests(when: Occasion) -> tuple[Section, ...]:
    """Return the month's requests for change with their classes."""
    rows = tuple(change_row(each) for each in done(when))
    return alone("变更请求登记（已分类）", CHANGE_HEAD, rows, "分类依据：YZ-SMS-L1-06 变更管理策略。")


def change_approvals(when: Occasion) -> tuple[Section, ...]:
    """Return assessment, test, way back and approval of the month's changes that needed one."""
    rows = tuple(
        (each.number, each.summary, f"风险{each.risk}；影响{NAMES[each.service]}", "测试环境验证通过",
         "快照回退，30 分钟内", "CAB" if each.category == "重大" else "周浩",
         (each.done_on - timedelta(days=2)).isoformat())
        for each in done(when) if each.category != "标准"
    )  # fmt: skip
    note = "CAB 成员：周浩（主持）、郑凯、吴芳、冯雪、顾客代表。标准变更按预授权目录执行，不在此列。"
    return alone("变更评估与审批", "变更号|内容|评估|测试|回退方案|批准|批准日期", rows, note)


def change_schedule(when: Occasion) -> tuple[Section, ...]:
    """Return the month's forward schedule."""
    rows = tuple(
        (each.number, each.done_on.isoformat(), "22:00-24:00", NAMES[each.service], each.summary,
         (each.done_on - timedelta(days=3)).isoformat(), CUSTOMERS[each.service])
        for each in done(when)
    )  # fmt: skip
    return alone("变更日程表（FSC）", "变更号|计划日期|窗口|服务|内容|通知日期|通知对象", rows)


def change_reviews(when: Occasion) -> tuple[Section, ...]:
    """Return what the reviews after the month's changes found."""
    rows = tuple(
        (each.number, each.summary, each.result, "无" if each.result == "成功" else "首次实施超出窗口，已回退并重做",
         "否" if each.result == "成功" else "是：补充预演步骤")
        for each in done(when) if each.category != "标准"
    )  # fmt: skip
    return alone("实施后评审", "变更号|内容|结果|引发的事件|需改进", rows)


def change_trends(when: Occasion) -> tuple[Section, ...]:
    """Return the quarter's changes by month, class and outcome."""
    rows = []
    for month in when.months:
        made = changes(month)
        good = sum(each.result == "成功" for each in made)
        kinds = [sum(each.category == kind for each in made) for kind in ("标准", "一般", "重大")]
        rows.append((f"{month:%Y-%m}", str(len(made)), *map(str, kinds), share(good, len(made))))
    note = "趋势：变更总量平稳，紧急变更单独登记；回退原因集中在窗口时间估计不足，已纳入改进清单。"
    return alone("变更趋势", "月份|总数|标准|一般|重大|一次成功率", tuple(rows), note)


def emergency_changes(when: Occasion) -> tuple[Section, ...]:
    """Return an emergency change with its approval by telephone and its review."""
    day, did = when.last, when.last - timedelta(days=3)
    firewall = f"""
    变更号|ECR-{day:%y%m}-01
    原因|边界防火墙固件存在被利用的高危漏洞
    电话批准|周浩、冯雪，{did} 20:10
    实施|{did} 22:00-22:35，升级固件，主备逐台进行
    回退方案|保留旧固件，5 分钟内回退；未使用
    影响|无中断
    事后评审|{day}，CAB 补充评审通过；测试记录齐全"""
    storage = f"""
    变更号|ECR-{day:%y%m}-01
    原因|存储阵列控制器 B 反复重启，单控运行有中断风险
    电话批准|周浩、郑凯，{did} 02:25
    实施|{did} 03:00-04:50，更换控制器，由原厂工程师到场
    回退方案|装回原控制器单控运行；未使用
    影响|云托管服务存储性能下降 40 分钟，未中断，已通知江南零售集团
    事后评审|{day}，CAB 补充评审通过；补充备件储备一项改进"""
    return alone("紧急变更", "项目|内容", (firewall, storage)[when.turn])


def release_plan(when: Occasion) -> tuple[Section, ...]:
    """Return the plan of the month's release."""
    day = when.last
    steps = f"""
    1|发布评审与批准|周浩|{day - timedelta(days=5)}|已完成
    2|测试环境部署与回归（86 条用例）|罗强|{day - timedelta(days=3)}|通过
    3|建立部署前配置基线|何冰|{day - timedelta(days=1)}|已完成
    4|生产部署（22:00-23:30）|郑凯|{day}|待执行
    5|业务验证与观察 24 小时|吴芳|{day + timedelta(days=1)}|待执行"""
    note = f"发布号 REL-{day:%y%m}，类型：常规（每月一次）。回退条件：核心交易失败率高于 1 %；回退时限 30 分钟。"
    return alone("发布与部署计划", "步骤|活动|责任人|日期|状态", steps, note, _parts(when))


def release_acceptance(when: Occasion) -> tuple[Section, ...]:
    """Return the acceptance of the month's release."""
    rows = """
    功能回归|86 条用例全部通过|86 / 86|通过
    性能|核心页面响应不高于 2 秒|1.4 秒|通过
    安全扫描|无高危漏洞|高危 0，中危 1（已登记）|通过
    回退演练|30 分钟内恢复|18 分钟|通过
    文档与培训|操作手册、服务台话术已更新|已更新|通过"""
    note = f"发布 REL-{when.last:%y%m} 满足验收准则，同意部署。批准：周浩；顾客代表：江倩。"
    return alone("发布验收", "项目|准则|结果|结论", rows, note)


def baseline(when: Occasion) -> tuple[Section, ...]:
    """Return the state of the configuration before the month's release."""
    rows = tuple(
        (item, version, f"{dice(when.title + item).getrandbits(64):016x}", "已备份")
        for item, version in (("app-gateway-01", "4.1.7"), ("app-core-01", "4.1.7"), ("app-core-02", "4.1.7"),
                              ("db-his-01", "19.21"), ("nginx-edge-01", "1.26.2"))
    )  # fmt: skip
    return alone(
        "部署前配置基线", "配置项|版本|校验值|备份", rows, f"基线 BL-{when.last:%y%m%d}，由配置管理员何冰建立。"
    )


def release_review(when: Occasion) -> tuple[Section, ...]:
    """Return the success of the quarter's releases."""
    rows = []
    for month in when.months:
        caused = dice(f"release {month}").randint(0, 1)
        outcome = "成功" if not caused else "成功，有缺陷"
        rows.append((f"REL-{month:%y%m}", outcome, str(caused), "无" if not caused else "报表导出失败，已于次日修复"))
    return alone("发布成功与失败分析", "发布|结果|引发事件|说明", tuple(rows), "目标：发布成功率不低于 95 %。")


def invocation(when: Occasion) -> tuple[Section, ...]:
    """Return why the continuity plan was invoked, what it meant and how services came back."""
    day = when.last - timedelta(days=4)
    power = f"""
    启动原因|{day} 杭州机房低压母线故障，市电中断 3 小时
    启动批准|陈志远，{day} 14:05
    影响|计算资源切换至成都；服务未超出 SLA，未构成重大事件
    恢复|{day} 17:20 市电恢复，18:40 全部切回
    RTO / RPO|目标 4 小时 / 1 小时，实际 35 分钟 / 0
    评审结论|计划可行；联络清单更新两个号码"""
    line = f"""
    启动原因|{day} 市政施工挖断光缆，杭州至成都主用专线中断
    启动批准|郑凯（授权启动人），{day} 09:48
    影响|备份复制暂停 2 小时 10 分，数据库主备延迟最高 22 分钟；顾客业务未中断
    恢复|{day} 10:06 切换至第二运营商线路，{day} 15:30 光缆熔接完成，次日 00:20 切回
    RTO / RPO|目标 4 小时 / 1 小时，实际 18 分钟 / 22 分钟
    评审结论|切换步骤有效；第二线路带宽偏低，列入能力计划；要求供应商提供路由图"""
    return alone("连续性计划启动与恢复", "项目|内容", (power, line)[when.turn])


def done(when: Occasion) -> tuple[Change, ...]:
    """Return the changes carried out by the last day of the record."""
    return tuple(each for month in when.months for each in changes(month) if each.done_on <= when.last)


def ticket_row(each: Ticket, day: date) -> Row:
    """Return a line of a list of tickets that was drawn up on the morning of a day."""
    over = each.opened + timedelta(minutes=each.minutes) <= datetime.combine(day, time(8))
    ending = ("是" if each.in_time else "否", "已关闭") if over else ("-", "处理中")
    return (each.number, f"{each.opened:%Y-%m-%d %H:%M}", NAMES[each.service], CUSTOMERS[each.service], each.priority,
            each.summary, str(each.response), str(each.minutes) if over else "-", each.engineer, *ending)  # fmt: skip


def change_row(each: Change) -> Row:
    """Return a line of a list of changes."""
    approver = {"标准": "预授权", "一般": "周浩", "重大": "CAB"}[each.category]
    return (each.number, each.done_on.isoformat(), NAMES[each.service], each.category, each.summary, each.risk,
            approver, each.result)  # fmt: skip


def charted(when: Occasion, kind: str) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Return the lines of a monitoring page: used capacity, or availability scaled to its last per cent."""
    if kind == "capacity":
        names = ("CPU", "Memory", "Storage")
        return tuple((name, tuple(float(each) for each in loads(when.first, name))) for name in names)
    return tuple((each.service, (each.actual, each.target)) for each in uptimes(when.first))


def _summary(heading: str, found: Iterable[Ticket]) -> Section:
    tickets = tuple(found)
    rows = []
    for priority, (response, minutes) in LIMITS.items():
        of_it = [each for each in tickets if each.priority == priority]
        kept = sum(each.in_time for each in of_it)
        rows.append((priority, f"{response} / {minutes}", str(len(of_it)), str(kept), share(kept, len(of_it))))
    return listed(
        heading, "优先级|目标响应/解决(分)|数量|按时|按时率", tuple(rows), "重大事件（P1）：见重大事件零报告。"
    )


def _commonest(month: date) -> tuple[str, str, str, str]:
    found = incidents(month)
    first = max(found, key=lambda each: (sum(each.summary == other.summary for other in found), each.number))
    cause, action = {
        "ops": ("设备固件存在已知缺陷", "升级固件并增加巡检项"),
        "cloud": ("模板默认磁盘过小且无预警", "调整模板并启用 80 % 预警"),
        "apps": ("连接池上限过低", "扩大连接池并优化慢查询"),
        "desk": ("客户端版本不一致", "统一推送客户端新版本"),
        "dba": ("批处理与联机交易争用", "批处理移至夜间窗口"),
    }[first.service]
    return first.service, first.summary, cause, action


def _parts(when: Occasion) -> str:
    parts = [each for each in done(when) if each.category != "标准"][:4]
    names = "；".join(f"{number} {summary}" for number, summary in numbered(tuple((each.summary,) for each in parts)))
    return f"发布内容：{names or '缺陷修复合集'}。"
