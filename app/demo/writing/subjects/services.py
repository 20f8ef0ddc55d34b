"""Records towards customers: service levels, reports, reviews, complaints, new and changed services."""

from datetime import date, timedelta

from app.demo.writing.content import Occasion, Section, alone, listed
from app.demo.writing.figures import CUSTOMERS, changes, dice, incidents, requests, share

Sections = tuple[Section, ...]
AGREED = {"incidents": 30, "requests": 40, "changes": 15}
"""Work per month that the agreements allow for."""


def workload(when: Occasion) -> Sections:
    """Return the work of the quarter against what was agreed."""
    rows = []
    for month in when.months:
        counts = {"incidents": len(incidents(month)), "requests": len(requests(month)), "changes": len(changes(month))}
        names = {"incidents": "事件", "requests": "服务请求", "changes": "变更"}
        rows += [
            (f"{month:%Y-%m}", names[key], str(AGREED[key]), str(count), share(count, AGREED[key]))
            for key, count in counts.items()
        ]
    return alone("工作量与约定限值", "月份|类型|约定上限|实际|占比", tuple(rows), "各月均在约定限值内，人员配置充足。")


def minutes(when: Occasion) -> Sections:
    """Return the minutes of a service review with the customers."""
    tickets = [each for month in when.months for each in incidents(month)]
    kept = share(sum(each.in_time for each in tickets), len(tickets))
    topics = f"""
    上次决议跟踪|3 项决议全部完成|关闭|孙静|{when.day}
    服务绩效|事件 {len(tickets)} 起，按时解决 {kept}，无重大事件|认可|孙静|{when.day}
    需求变化|江南零售集团促销期需临时扩容 20 %|纳入能力计划|郑凯|{when.day + timedelta(days=20)}
    投诉与表扬|见投诉登记|知悉|吴芳|{when.day}
    改进建议|西湖区人民医院建议缩短报表导出时间|立项评估|吴芳|{when.day + timedelta(days=30)}"""
    who = "参加：孙静、郑凯、吴芳；顾客代表：江倩、顾明、许诺、蒋川。"
    return alone(
        "议题与决议", "议题|讨论|决议|责任人|期限", topics, f"时间：{when.day} 14:00，地点：杭州总部 3 号会议室", who
    )


def satisfaction(_when: Occasion) -> Sections:
    """Return the result of the satisfaction survey."""
    rows = """
    钱塘商业银行|20|19|4.6|响应及时
    西湖区人民医院|15|13|4.3|报表导出偏慢
    江南零售集团|18|16|4.5|促销期支持到位
    蜀道物流|12|11|4.4|希望增加夜间值守"""
    note = "发放 65 份，回收 59 份，回收率 90.8 %；总体满意度 4.5 / 5（目标 4.2）。"
    return alone("满意度调查结果", "顾客|发放|回收|得分|主要意见", rows, note, "措施：报表导出优化已列入改进清单。")


def complaints(when: Occasion) -> Sections:
    """Return the complaints of this month and the two before, by the day they came in."""
    rows = tuple(
        (number, received.isoformat(), customer, topic, "未升级",
         *((closed.isoformat(), "已回访，满意") if closed <= when.last else ("处理中", "待回访")))
        for month in (*when.before(2), when.last.replace(day=1))
        for number, received, customer, topic in _complaints(month) if received <= when.last
        for closed in (received + timedelta(days=3),)
    )  # fmt: skip
    note = f"截至 {when.last}；列出近三个月受理的全部投诉。两小时内受理，五天内答复。"
    return alone("服务投诉登记", "编号|受理日期|顾客|内容|升级|关闭日期|回访", rows, note)


def _complaints(month: date) -> tuple[tuple[str, date, str, str], ...]:
    rng = dice(f"complaints {month:%Y-%m}")
    topics = ("工单关闭前未回访", "电话等待时间较长", "变更通知不够提前", "报表导出过慢", "夜间答复不够及时",
              "备件到场晚于约定", "同一故障重复发生", "账单明细不清楚")  # fmt: skip
    days = sorted(rng.sample(range(2, 22), rng.randint(1, 3)))
    found = zip(days, rng.sample(topics, len(days)), strict=True)
    customers = tuple(dict.fromkeys(CUSTOMERS.values()))
    return tuple(
        (f"CMP-{month:%y%m}-{number:02}", month.replace(day=day), rng.choice(customers), topic)
        for number, (day, topic) in enumerate(found, start=1)
    )


def criticality(_when: Occasion) -> Sections:
    """Return how critical each service is and what it depends on."""
    rows = """
    数据库运维服务|极高|云托管、基础设施|无重复
    云托管服务|高|基础设施、东辰数据中心|无重复
    基础设施运维服务|高|华通电信专线、市电|无重复
    应用支持服务|中|云托管、数据库|无重复
    服务台服务|中|电话系统、自助门户|无重复"""
    return alone("服务关键程度评估", "服务|关键程度|依赖|重复情况", rows)


def catalogue_page(_when: Occasion) -> Sections:
    """Return the page of the service catalogue that customers see."""
    rows = """
    Infrastructure operation|7 x 24|99.90 %|Published
    Cloud hosting|7 x 24|99.95 %|Published
    Application support|7 x 24|99.50 %|Published
    Service desk|7 x 24|99.50 %|Published
    Database operation|7 x 24|99.90 %|Published"""
    return alone("portal.yunzhan.example / Service catalogue", "Service|Hours|Availability|Status", rows)


def customer_managers(when: Occasion) -> Sections:
    """Return who looks after which customer."""
    rows = f"""
    钱塘商业银行|孙静|郑凯|{when.last}
    西湖区人民医院|孙静|吴芳|{when.last}
    江南零售集团|孙静|郑凯|{when.last}
    蜀道物流|孙静|郑凯|{when.last}"""
    return alone(
        "顾客关系负责人", "顾客|负责人|后备|生效日期", rows, "职责：管理顾客关系、满意度与投诉，组织季度服务评审。"
    )


def transition(when: Occasion) -> Sections:
    """Return plan, criteria, tests and outcome of a new or changed service: each record is a part of one file."""
    day = when.last
    steps = f"""
    立项与需求确认|孙静|{day - timedelta(days=60)}|需求 14 项，顾客已确认
    服务设计|周浩|{day - timedelta(days=45)}|架构、容量、安全、连续性设计完成
    构建与测试|郑凯|{day - timedelta(days=25)}|用例 52 条，通过 52 条
    试运行|吴芳|{day - timedelta(days=14)}|14 天，事件 2 起，均已解决
    验收与上线|孙静|{day}|顾客签署验收单"""
    criteria = """
    可用性|不低于 99.9 %|试运行 99.96 %|通过
    备份恢复|RPO 1 小时|实测 22 分钟|通过
    性能|响应不高于 2 秒|1.2 秒|通过
    安全|无高危漏洞|0|通过
    成本|预算 ±5 %|超出 1.8 %|通过
    交接|手册、监控、服务台话术齐备|齐备|通过"""
    name = "江南零售集团会员库迁移（云托管、数据库运维服务变更）"
    return (
        listed("一、过程", "阶段|责任人|日期|结果", steps, f"项目：{name}，编号 NCS-{day:%Y}-02。"),
        listed("二、验收准则与结果", "项目|准则 / 预期|实际|结论", criteria),
    )


def removal(when: Occasion) -> Sections:
    """Return how a service was removed."""
    rows = f"""
    顾客通知与确认|孙静|{when.last - timedelta(days=60)}|完成
    数据导出与移交|郑凯|{when.last - timedelta(days=20)}|移交 1.2 TB，顾客签收
    资源回收与配置更新|何冰|{when.last - timedelta(days=5)}|配置项 9 个已退役
    数据销毁|冯雪|{when.last}|擦除证明已归档"""
    return alone("旧版文件共享功能撤销", "活动|责任人|日期|结果", rows)
