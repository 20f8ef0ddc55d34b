"""Records of configuration, assets, availability, continuity and information security."""

from app.demo.writing.content import Occasion, Section, alone, listed
from app.demo.writing.figures import NAMES, dice, loads, share, uptimes

Sections = tuple[Section, ...]
ITEMS = """
sw-core-01|核心交换机|基础设施运维服务|杭州|在用
fw-edge-01|边界防火墙|基础设施运维服务|杭州|在用
stor-01|存储阵列 160 TB|云托管服务|杭州|在用
vmhost-01..12|虚拟化主机 12 台|云托管服务|杭州|在用
vmhost-21..24|虚拟化主机 4 台|云托管服务|成都|在用
app-his-01..04|挂号应用服务器|应用支持服务|杭州|在用
desk-portal|服务台自助门户|服务台服务|成都|在用
db-his-01/02|Oracle 主备库|数据库运维服务|杭州|在用
db-tms-01/02|MySQL 主从库|数据库运维服务|成都|在用"""


def configuration(when: Occasion) -> Sections:
    """Return the export of the configuration database."""
    count = 380 + len(when.before(9)) + when.last.month
    note = f"导出自配置管理库（CMDB），{when.last}，共 {count} 个配置项，下表为各类代表项，全量见同名附件工作表。"
    return alone("配置信息", "配置项|说明|支撑服务|场所|状态", ITEMS, note)


def configuration_audit(_when: Occasion) -> Sections:
    """Return the check of the configuration database against what is there."""
    rows = """
    网络设备|42|42|0|无
    服务器与虚拟机|186|184|2|两台已下线虚拟机未更新，已更正（RFC 补登）
    数据库实例|24|24|0|无
    软件与许可证|96|95|1|一项许可证数量不符，已更正
    文档与合同|38|38|0|无"""
    note = f"抽样 386 项，相符 383 项，准确率 {share(383, 386)}，目标不低于 98 %。"
    return alone("配置信息验证结果", "类别|抽查|相符|不符|纠正措施", rows, note)


def stocktake(_when: Occasion) -> Sections:
    """Return the count of assets and licences."""
    rows = """
    服务器|28|28|一致
    网络与安全设备|42|42|一致
    终端|96|95|盘亏 1 台，已办理报废
    操作系统许可证|60|58 已用|合规
    数据库许可证（核）|32|32 已用|合规，需关注余量
    虚拟化许可证|32|32 已用|合规"""
    note = "盘点范围：杭州总部、成都运维中心。"
    return alone("资产盘点与许可证核对", "类别|账面|实盘 / 已用|结论", rows, note)


def availability(when: Occasion) -> Sections:
    """Return the availability reached by each service."""
    rows = tuple(
        (f"{month:%Y-%m}", NAMES[each.service], f"{each.target} %", f"{each.actual} %", str(each.down),
         "是" if each.met else "否")
        for month in when.months for each in uptimes(month)
    )  # fmt: skip
    return alone("可用性监视结果", "月份|服务|目标|实际|中断(分)|达成", rows)


def unavailability(when: Occasion) -> Sections:
    """Return the longest unplanned outage of the months before."""
    month, worst = max(((m, each) for m in when.before(3) for each in uptimes(m)), key=lambda pair: pair[1].down)
    rows = f"""
    发生月份|{month:%Y-%m}
    服务|{NAMES[worst.service]}
    累计中断|{worst.down} 分钟（当月可用性 {worst.actual} %，目标 {worst.target} %）
    直接原因|健康检查误判导致节点被摘除
    根本原因|阈值按旧硬件设定，更换设备后未复核
    措施|修订阈值；将阈值复核加入变更检查表
    验证|连续 30 天未再发生"""
    return alone("计划外不可用调查", "项目|内容", rows)


def availability_risks(_when: Occasion) -> Sections:
    """Return the risks to availability."""
    rows = """
    专线单点故障|2|4|8|双运营商接入，已实施|低
    存储控制器故障|1|5|5|双控冗余、备件 4 小时到场|低
    机房市电中断|2|5|10|UPS 30 分钟加柴油发电机|低
    数据库主库宕机|2|4|8|主备同步，切换不超过 5 分钟|低
    关键人员缺岗|3|3|9|AB 角与值班表|中"""
    return alone("服务可用性风险评估", "风险|可能性|影响|风险值|控制措施|剩余风险", rows, "接受准则：风险值不高于 9。")


def impact_analysis(_when: Occasion) -> Sections:
    """Return the business impact analysis."""
    rows = """
    数据库运维服务|高|4|0.25|主备异地，成都接管
    云托管服务|高|4|1|成都资源池 40 % 预留
    基础设施运维服务|高|4|4|双链路
    应用支持服务|中|8|4|备用环境
    服务台服务|中|2|-|成都坐席接管电话"""
    risks = """
    杭州机房整体不可用|1|5|5|成都接管，年度切换测试
    区域网络中断|2|4|8|双运营商、4G 应急
    勒索软件|2|5|10|离线备份、分段隔离
    公共卫生事件|2|3|6|远程办公预案"""
    return (
        listed("一、业务影响分析", "服务|重要性|RTO（小时）|RPO（小时）|策略", rows),
        listed("二、风险评估", "威胁|可能性|影响|风险值|措施", risks),
    )


def security_incidents(when: Occasion) -> Sections:
    """Return the month's information security incidents."""
    rng = dice(when.title)
    kinds = (
        ("钓鱼邮件", "隔离邮件、重置口令"),
        ("终端木马告警", "断网查杀、全盘扫描"),
        ("异常登录", "封禁来源、启用二次验证"),
    )
    rows = tuple(
        (f"SEC-{when.last:%y%m}-{number:02}", when.last.replace(day=rng.randint(1, when.last.day)).isoformat(), kind,
         rng.choice(("低", "中")), str(rng.randint(25, 170)), action, "已关闭")
        for number, (kind, action) in enumerate(rng.sample(kinds, 2), start=1)
    )  # fmt: skip
    return alone("信息安全事件记录", "编号|日期|类型|等级|处置(分)|处置措施|状态", rows, "无数据泄露，无需对外报告。")


def capacity(when: Occasion) -> Sections:
    """Return the peaks of the resources."""
    rows = []
    for month in when.months:
        for name, zh in (("CPU", "计算"), ("Memory", "内存"), ("Storage", "存储")):
            daily = loads(month, name)
            rows.append((f"{month:%Y-%m}", zh, f"{max(daily)} %", f"{sum(daily) / len(daily):.1f} %", "85 %"))
    return alone("能力使用", "月份|资源|峰值|平均|阈值", tuple(rows))
