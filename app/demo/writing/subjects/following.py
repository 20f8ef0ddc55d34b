"""Records of what is planned for one audit or review, and of what follows from reports, reviews and proposals."""

from datetime import timedelta

from app.demo.writing.content import Occasion, Section, alone

Sections = tuple[Section, ...]


def audit_plan(when: Occasion) -> Sections:
    """Return the plan of one internal audit."""
    first, second = when.last + timedelta(days=7), when.last + timedelta(days=8)
    rows = f"""
    {first} 上午|体系与领导作用|4 至 7|杭州|沈宇|李伟
    {first} 下午|服务组合与关系|8.2 至 8.4|杭州、成都|李伟|孙静、褚天
    {second} 上午|设计、转换与解决|8.5、8.6|杭州、成都|冯雪|周浩、吴芳
    {second} 下午|服务保障|8.7|杭州、成都|沈宇|郑凯、冯雪
    {second} 下午|评价与改进|9、10|杭州|沈宇|王敏"""
    criteria = "准则：ISO/IEC 20000-1:2018、体系文件、适用的法律法规和合同；审核员不审核自己的工作。"
    return alone("内部审核计划", "时间|内容|条款|场所|审核员|受审核方", rows, criteria)


def review_plan(when: Occasion) -> Sections:
    """Return the plan of one management review with what each input has to bring."""
    due, day = when.last + timedelta(days=10), when.last + timedelta(days=20)
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


def review_actions(when: Occasion) -> Sections:
    """Return how far the decisions of the management review are."""
    due = when.last + timedelta(days=40)
    rows = f"""
    MR-01|增加夜班运维工程师 1 名|郑凯|{when.last}|已到岗
    MR-02|完成年度连续性切换测试|郑凯|{due}|未开始
    MR-03|信息安全方针报批|冯雪|{due}|草案
    MR-04|报表导出优化|吴芳|{when.last}|完成"""
    return alone("管理评审措施跟踪", "编号|决议|责任人|期限|状态", rows, f"跟踪日期：{when.last}。")


def report_actions(when: Occasion) -> Sections:
    """Return what was decided because of the quarter's service reports."""
    due = when.last + timedelta(days=30)
    rows = f"""
    SR-01|事件趋势|重复 VPN 事件转问题|吴芳|{when.last}|完成
    SR-02|能力监视|存储扩容评估|郑凯|{due}|进行中
    SR-03|可用性|复核健康检查阈值|郑凯|{when.last}|完成"""
    return alone("服务报告措施跟踪", "编号|来源|措施|责任人|期限|状态", rows, f"期间：{when.period}。")


def priorities(when: Occasion) -> Sections:
    """Return the proposals of the quarter in order of priority."""
    rows = """
    CP-01|会员库迁移|江南零售集团|高|中|1|批准
    CP-02|容器平台运维|内部|中|中|2|评估
    CP-03|夜间值守扩展|蜀道物流|中|低|3|批准"""
    head = "编号|建议|来源|价值|风险|优先级|决定"
    return alone("变更建议优先级", head, rows, f"评审日期：{when.last}；期间：{when.period}。")
