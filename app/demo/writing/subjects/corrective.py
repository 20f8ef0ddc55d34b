"""Nonconformities and what was done about them: the register and the records draw on the same cases."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.writing.content import Occasion, Section, alone, lines, listed
from app.demo.writing.subjects.audit import NONCONFORMITIES
from app.readiness.periods import period_of

Sections = tuple[Section, ...]
CASES = lines("""
过程监视|两份变更单未附测试记录|周浩|补附记录并复核|模板未要求上传附件|抽查 30 份变更单，另有 1 份，已补|模板增加必传附件
顾客反馈|挂号系统故障通报晚于约定 30 分钟|吴芳|当日补发通报并致歉|值班表未写明通报人|查近三月通报 12 次，无同类|值班表增加通报人与备份人
日常检查|三台新装虚拟机未登记配置项|郑凯|补登并核对关系|安装单与配置管理库未联动|比对资源池全量，另有 2 台，已补|安装完成自动建立配置项
培训检查|一名夜班工程师未参加流程考核|王敏|补训补考，91 分|排班与培训时间冲突|核对全员考核，无同类|每门课程安排两个场次
合同检查|备件供应商季度报告迟交十天|褚天|催交并核对数据|合同未写提交日期|查其余三家，均按期|联络单写明每季首月十日前提交
过程监视|四张事件单关闭前未经用户确认|吴芳|逐一回访并补记|系统允许直接关闭|抽查 50 单，另有 2 单，已补|关闭前须选择确认方式
日常检查|成都机房门禁权限未随离岗收回|冯雪|当日停用两张门禁卡|离岗单不含门禁一项|核对全部门禁卡，无同类|离岗单增加门禁并由安全复核
过程监视|一次磁盘阈值告警未形成事件单|郑凯|补建事件单并扩容|告警规则未连到服务台|核对全部告警规则，另有 3 条，已改|告警自动建单
顾客反馈|服务评审纪要晚于约定五天发出|孙静|补发并由顾客确认|纪要未指定完成人|查近四次评审，一次临界|会前指定纪要人与日期
日常检查|数据库备份恢复演练记录缺结果截图|郑凯|重做演练并存证|作业指导书未要求截图|查近六次演练，另有 1 次，已重做|作业指导书列明存证内容
财务核对|一笔云资源费用记入错误服务|郑凯|调账并重出成本报告|成本标签由人工填写|核对全年账目，另有 1 笔，已调|成本标签按合同号自动带出
过程监视|一次标准变更超出预授权目录|周浩|按一般变更补审|目录未写明适用型号|查近三月标准变更 40 次，无同类|目录逐项写明适用范围
日常检查|知识条目 KB-0112 引用已停用客户端|吴芳|更新条目并通知服务台|产品停用时未通知知识管理员|检索全部条目，另有 2 条，已改|产品停用流程增加知识复核
文件检查|现场使用的巡检表缺文件编号|王敏|换用受控表单|表单由班组自行打印|查杭州、成都全部班组，另有 1 处|巡检改用移动端受控表单
日常检查|两个服务账号口令超过 180 天未更换|冯雪|当日更换|服务账号不在口令策略范围|核对全部服务账号，另有 1 个，已换|服务账号纳入特权账号管理
过程监视|一次发布未先建立配置基线|郑凯|补建基线并核对差异|发布步骤没有强制检查点|查近六次发布，无同类|发布单增加基线编号必填
顾客反馈|电话等待超过 60 秒的占比升至 9 %|吴芳|高峰时段临时增加坐席|排班未随业务高峰调整|核对四周话务，集中在周一上午|按话务预测每月调整排班
合同检查|专线扩容后的合同附件未归档|褚天|补签并归档|附件由供应商直接寄至机房|核对全部合同附件，无同类|合同收件统一到供应商经理
""")  # noqa: E501 (a case a line)
"""Source, finding, who, correction, cause, extent, corrective action; two of them arise in every month."""
VERIFIED_DAYS, AUDIT_VERIFIED_DAYS, LONGEST_DAYS = 30, 25, 90


@dataclass(frozen=True, slots=True)
class Nonconformity:
    """One case, as in `CASES`, with the days it was raised and found to be settled for good."""

    number: str
    raised_on: date
    case: tuple[str, ...]
    verified_on: date

    def state(self, day: date) -> str:
        """Return how far it is on a day."""
        return f"已关闭（{self.verified_on} 验证）" if self.verified_on <= day else "措施实施中"


def nonconformities(month: date, when: Occasion) -> tuple[Nonconformity, ...]:
    """Return what was found in a month, by day; in the month of the internal audit that audit's findings too."""
    first = (month.year * 12 + month.month) * 2
    found = [
        (month + timedelta(days=day), CASES[(first + turn) % len(CASES)], VERIFIED_DAYS)
        for turn, day in enumerate((4, 12))
    ]
    if period_of(when.audited_on, "monthly") == period_of(month, "monthly"):
        found += [(when.audited_on, case, days) for case, days in _audited()]
    found.sort(key=lambda each: each[0])
    return tuple(
        Nonconformity(f"NC-{month:%y%m}-{number:02}", raised_on, case, raised_on + timedelta(days=days))
        for number, (raised_on, case, days) in enumerate(found, start=1)
    )


def register(when: Occasion) -> Sections:
    """Return the register: every nonconformity of this month and the two before, by day."""
    rows = tuple(
        (each.number, each.raised_on.isoformat(), source, finding, cause, action, who, each.state(when.last))
        for month in (*when.before(2), when.last.replace(day=1))
        for each in nonconformities(month, when) if each.raised_on <= when.last
        for source, finding, who, _, cause, _, action in (each.case,)
    )  # fmt: skip
    note = f"截至 {when.last}；列出近三个月登记的全部不符合，各项详见纠正措施记录。"
    return alone("不符合登记表", "编号|登记日期|来源|不符合|原因|纠正措施|责任人|状态", rows, note)


def corrective_actions(when: Occasion) -> Sections:
    """Return what became of last month's nonconformities, one after the other."""
    [month] = when.before(1)
    return tuple(_record(each, when.last) for each in nonconformities(month, when))


def _record(raised: Nonconformity, day: date) -> Section:
    source, finding, who, correction, cause, extent, action = raised.case
    checked = f"{raised.verified_on}，沈宇抽查 10 份，全部符合，关闭"
    rows = (
        ("来源与日期", f"{source}，{raised.raised_on}"),
        ("不符合", finding),
        ("纠正", f"{raised.raised_on + timedelta(days=3)}，{who}：{correction}"),
        ("原因分析（5 Why）", cause),
        ("举一反三", extent),
        ("纠正措施", f"{raised.raised_on + timedelta(days=14)}，{action}"),
        ("有效性验证", checked if raised.verified_on <= day else f"措施已完成；计划 {raised.verified_on} 前由沈宇验证"),
    )
    return listed(raised.number, "项目|内容", rows)


def _audited() -> tuple[tuple[tuple[str, ...], int], ...]:
    told = lines("""
    收回并标识|收回清单不含成都班组|查两地全部班组，无其他|收回清单按场所列出并回执
    更正配置管理库|下线单未通知配置管理员|比对全部虚拟机，无其他|下线单增加配置更新确认
    补写回退方案并复核|变更单未强制填写回退方案|抽查 30 份变更单，另有 1 份，已补|回退方案改为必填""")
    return tuple(
        (("内审", f"{clause} {fact}", who, *rest), LONGEST_DAYS if clause == "8.2.6" else AUDIT_VERIFIED_DAYS)
        for (clause, _, fact, who), rest in zip(NONCONFORMITIES, told, strict=True)
    )
