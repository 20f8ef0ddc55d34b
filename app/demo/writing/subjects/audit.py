"""Internal audit and management review: plan, papers, report, minutes and follow-up, all from the same findings."""

from datetime import date, timedelta

from app.demo.company import AUDITED, PLANNED, REVIEWED
from app.demo.writing.content import Occasion, Section, alone, listed
from app.demo.writing.figures import incidents, share

Sections = tuple[Section, ...]
MINOR, REMARK = "一般不符合", "观察项"
FINDINGS = (
    ("7.5.3", MINOR, "作废文件在成都现场仍有 1 份未标识", "王敏"),
    ("8.2.6", MINOR, "2 台已下线虚拟机未在配置管理库更新", "郑凯"),
    ("8.5.1.3", MINOR, "抽样 10 份 RFC，1 份无回退方案", "周浩"),
    ("7.2", REMARK, "两名新员工的培训效果评价晚于三个月", "王敏"),
    ("8.1", REMARK, "过程指标的计算口径未写入测量计划", "郑凯"),
    ("8.6.3", REMARK, "问题根因描述过于简略", "吴芳"),
    ("8.7.2", REMARK, "连续性计划已分发，切换测试尚未排期", "郑凯"),
    ("9.4", REMARK, "服务报告的趋势说明可更具体", "孙静"),
)
"""Clause, grade, fact and who has to act: what the report lists is what it and the management review count."""
NONCONFORMITIES = tuple(each for each in FINDINGS if each[1] == MINOR)
REMARKS = tuple(each for each in FINDINGS if each[1] == REMARK)
DUE_DAYS = 20
"""Days after the report by which a nonconformity is to be corrected."""
PARTS = (
    ("体系、领导作用与运行控制", "4 至 7、8.1", "杭州", "沈宇", "李伟、郑凯"),
    ("服务组合与关系", "8.2 至 8.4", "杭州、成都", "李伟", "孙静、褚天、郑凯"),
    ("设计、转换与解决", "8.5、8.6", "杭州、成都", "冯雪", "周浩、吴芳"),
    ("服务保障", "8.7", "杭州、成都", "沈宇", "郑凯、冯雪"),
    ("评价与改进", "9、10", "杭州", "沈宇", "王敏、李伟"),
)
"""Subject, clauses, sites, auditor and audited: together every clause from 4 to 10."""
DECISIONS = (
    ("MR-01", "增加夜班运维工程师 1 名", "郑凯", 45),
    ("MR-02", "完成年度连续性切换测试", "郑凯", 150),
    ("MR-03", "信息安全方针报批", "冯雪", 120),
    ("MR-04", "报表导出优化", "吴芳", 20),
)
"""Number, decision, who, and the days after the management review by which it is due."""


def audit_plan(when: Occasion) -> Sections:
    """Return the plan of one internal audit."""
    first, second = audit_days(when.last + timedelta(days=PLANNED - AUDITED))
    times = (f"{first} 上午", f"{first} 下午", f"{second} 上午", f"{second} 下午", f"{second} 下午")
    rows = tuple((time, *part) for time, part in zip(times, PARTS, strict=True))
    criteria = "准则：ISO/IEC 20000-1:2018、体系文件、适用的法律法规和合同；审核员不审核自己的工作。"
    return alone("内部审核计划", "时间|内容|条款|场所|审核员|受审核方", rows, criteria)


def impartiality(when: Occasion) -> Sections:
    """Return who audits what, and that nobody audits their own work."""
    rows = f"""
    沈宇|4 至 7、8.1、8.7、9、10|无|公正
    李伟|8.2 至 8.4（非本人负责部分）|不审核 4 至 6、9、10|公正
    冯雪|8.5、8.6|不审核 8.7.3|公正
    声明日期|{when.last - timedelta(days=7)}|-|本人与受审核部门无直接责任关系"""
    return alone("内审员能力与公正性", "内审员|审核条款|回避|结论", rows)


def working_papers(_when: Occasion) -> Sections:
    """Return the checklist of the internal audit: what conformed, and every finding of the report where it arose."""
    rows = """
    4.3|范围说明与实际一致？|查 YZ-SMS-L1-03，访谈李伟|符合
    5.3|岗位职责是否已沟通？|访谈 4 人，查任命书|符合
    6.1|风险是否按准则评价并应对？|查 YZ-SMS-L4-12，抽 4 项|符合
    7.2|培训效果是否按时评价？|抽 8 人记录|观察项：2 人晚于三个月
    7.5.3|现场是否只有有效版本？|杭州抽 12 份，成都抽 9 份|不符合：成都 1 份作废文件未标识
    8.1|过程指标是否有准则并受控？|查 YZ-SMS-L1-10，近三个月数据|观察项：计算口径未写明
    8.2.6|配置信息是否与实物一致？|抽 40 台虚拟机|不符合：2 台已下线未更新
    8.3.3|SLA 目标是否监视？|查近三个月报告|符合
    8.4|成本与能力是否按期监视？|查季度成本报告、月度能力报告|符合
    8.5.1.3|变更是否评估与批准？|抽 10 份 RFC|不符合：1 份无回退方案
    8.6.1|事件是否按优先级处理？|抽 10 单，核对时间|符合
    8.6.3|问题是否查明根因？|抽 3 份问题单|观察项：根因描述过于简略
    8.7.1|可用性是否对照目标监视？|查近三个月监控截图|符合
    8.7.2|连续性计划是否可取得并测试？|现场查成都副本，问测试安排|观察项：可取得，测试未排期
    8.7.3|信息安全风险是否评估并处置？|查风险评估与处置计划|符合
    9.3|管理评审输入是否已策划？|查计划与输入材料|符合
    9.4|服务报告是否含趋势？|查近三个月报告|观察项：趋势说明可更具体
    10.1|不符合是否查原因并验证？|抽 4 项|符合"""
    return alone("检查表与取证", "条款|检查内容|证据|判定", rows)


def audit_report(when: Occasion) -> Sections:
    """Return the internal audit report."""
    due = (when.last + timedelta(days=DUE_DAYS)).isoformat()
    rows = tuple((*each, due if each[1] == MINOR else "-") for each in FINDINGS)
    first, second = audit_days(when.last)
    note = f"审核日期：{first} 至 {second}；组长沈宇，组员李伟、冯雪；范围：4 至 10 全部条款，杭州、成都。"
    end = (
        f"结论：体系符合标准与自身要求，运行有效；一般不符合 {len(NONCONFORMITIES)} 项、观察项 {len(REMARKS)} 项，"
        "无严重不符合。不符合项在期限内完成纠正措施，三个月内验证有效性。"
    )
    parts = tuple((clauses, sites, auditor, audited) for _, clauses, sites, auditor, audited in PARTS)
    return (
        listed("一、审核范围与分工", "条款|场所|审核员|受审核方", parts, note),
        listed("二、审核发现", "条款|分级|事实|责任人|期限", rows, end),
    )


def review_plan(when: Occasion) -> Sections:
    """Return the plan of one management review with what each input has to bring."""
    day = when.last + timedelta(days=PLANNED - REVIEWED)
    due = day - timedelta(days=10)
    rows = f"""
    目标与绩效|孙静、郑凯|{due}
    审核与不符合|沈宇|{due}
    顾客反馈与投诉|吴芳|{due}
    风险、机遇与变化|李伟|{due}
    供应商绩效|褚天|{due}
    信息安全|冯雪|{due}
    资源与改进|李伟|{due}"""
    who = f"评审日期：{day}；主持：陈志远；参加：李伟、王敏、各过程负责人、沈宇。"
    return alone("管理评审计划与输入材料", "输入|提供人|提交期限", rows, who)


def review(when: Occasion) -> Sections:
    """Return the minutes of the management review with every input."""
    months = when.before(3)
    tickets = [each for month in months for each in incidents(month)]
    kept = share(sum(each.in_time for each in tickets), len(tickets))
    reported = when.last - timedelta(days=AUDITED - REVIEWED)
    found, due = len(NONCONFORMITIES), reported + timedelta(days=DUE_DAYS)
    inputs = f"""
    以往管理评审措施|首次评审，无遗留
    内外部事项变化|新增成都场所；气候变化列为相关事项（高温限电）
    绩效与目标|近三个月事件 {len(tickets)} 起，按时解决 {kept}；满意度 4.5
    审核结果|内审报告（{reported}）：一般不符合 {found} 项、观察项 {len(REMARKS)} 项，无严重不符合
    不符合与纠正措施|{found} 项均在期限 {due} 前完成纠正措施；{found - 1} 项已验证关闭，8.2.6 一项待下次抽查验证
    顾客反馈与投诉|投诉均已关闭，无升级
    风险与机遇|应对后剩余：高风险 0 项，中风险 1 项
    供应商绩效|全部达成
    资源与能力|存储峰值低于 85 % 阈值
    信息安全|无数据泄露；信息安全方针尚为草案
    改进机会|登记 6 项，均已批准"""
    decisions = tuple(
        (number, decision, who, (when.last + timedelta(days=days)).isoformat())
        for number, decision, who, days in DECISIONS
    )
    who = "主持：陈志远（总经理）；参加：李伟、王敏、各过程负责人、沈宇。"
    end = "结论：体系运行充分、适宜、有效，同意申请认证。"
    return (
        listed("一、评审输入", "输入|结论", inputs, f"时间：{when.last}，杭州总部；成都以视频参加。", who),
        listed("二、评审输出与决议", "编号|决议|责任人|期限", decisions, end),
    )


def review_actions(when: Occasion) -> Sections:
    """Return how far the decisions of the management review are; before it, what prepares it."""
    head = "编号|决议|责任人|期限|状态"
    held = when.reviewed_on
    if when.last < held:
        rows = f"""
        MP-01|确定首次管理评审的输入与提供人|李伟|{when.last}|完成
        MP-02|在评审前完成内部审核|沈宇|{when.audited_on}|按计划
        MP-03|召开首次管理评审|陈志远|{held}|按计划"""
        return alone("管理评审措施跟踪", head, rows, f"跟踪日期：{when.day}。首次管理评审尚未召开，跟踪其准备事项。")
    decided = ((*each[:3], held + timedelta(days=each[3])) for each in DECISIONS)
    actions = tuple((*each, due.isoformat(), "完成" if due <= when.last else "进行中") for *each, due in decided)
    return alone("管理评审措施跟踪", head, actions, f"跟踪日期：{when.day}；管理评审：{held}。")


def audit_days(reported: date) -> tuple[date, date]:
    """Return the two days of the audit that was reported on a day."""
    return reported - timedelta(days=3), reported - timedelta(days=2)
