"""Records of what follows from service reports and proposals."""

from datetime import timedelta

from app.demo.writing.content import Occasion, Section, alone

Sections = tuple[Section, ...]


def report_actions(when: Occasion) -> Sections:
    """Return what was decided because of the quarter's service reports."""
    due = when.day + timedelta(days=30)
    rows = f"""
    SR-01|事件趋势|重复 VPN 事件转问题|吴芳|{when.day}|完成
    SR-02|能力监视|存储扩容评估|郑凯|{due}|进行中
    SR-03|可用性|复核健康检查阈值|郑凯|{when.day}|完成"""
    return alone("服务报告措施跟踪", "编号|来源|措施|责任人|期限|状态", rows, f"期间：{when.period}。")


def priorities(when: Occasion) -> Sections:
    """Return the proposals of the quarter in order of priority."""
    rows = """
    CP-01|会员库迁移|江南零售集团|高|中|1|批准
    CP-02|容器平台运维|内部|中|中|2|评估
    CP-03|夜间值守扩展|蜀道物流|中|低|3|批准"""
    head = "编号|建议|来源|价值|风险|优先级|决定"
    return alone("变更建议优先级", head, rows, f"评审日期：{when.day}；期间：{when.period}。")
