"""Records about suppliers, money and demand."""

from datetime import timedelta

from app.demo.writing.content import Occasion, Section, alone
from app.demo.writing.figures import NAMES, dice, incidents, requests, share

Sections = tuple[Section, ...]
BUDGET = (("人员", 268), ("机房与专线", 92), ("软硬件维保", 74), ("云资源", 58), ("培训与工具", 18))
"""What each kind of cost may come to in a quarter, in 10,000 yuan."""

DISPUTES = (
    (262, 19, "东辰数据中心", "机柜用电计量高于现场电表", "按现场电表重新结算，退还 3,400 元"),
    (171, 18, "华通电信", "故障时长计算口径不一致", "按监控平台数据结算，减免 1,200 元"),
    (64, 21, "瑞杰备件", "返修件序列号与送修不符", "更换为同型号新件，延长保修一年"),
)
"""How many days ago it was raised, days until it was closed, supplier, topic and result."""


def internal_performance(when: Occasion) -> Sections:
    """Return what the internal supplier reached in the quarter."""
    rows = f"""
    机房巡检|每日 2 次|{share(181, 182)}|达成
    市电故障到场|30 分钟|18 分钟|达成
    门禁权限处理|1 个工作日|0.6 个工作日|达成"""
    return alone("行政后勤部绩效（内部协议）", "指标|目标|实际|结论", rows, f"期间：{when.period}。")


def party_monitoring(when: Occasion) -> Sections:
    """Return how parties that run parts of the services were watched."""
    rows = f"""
    东辰数据中心|机柜托管|电力、温湿度月报|{when.day}|符合
    华通电信|专线|时延、丢包监控|{when.day}|符合
    瑞杰备件|备件|到场记录抽查 6 单|{when.day}|符合
    行政后勤部|机房保障|巡检记录抽查 12 份|{when.day}|符合"""
    return alone("对其他方的监视", "其他方|提供|监视方式|日期|结论", rows)


def party_evaluation(when: Occasion) -> Sections:
    """Return marks given to suppliers."""
    rows = """
    华通电信|26|27|18|18|89|合格
    东辰数据中心|28|28|17|19|92|优秀
    瑞杰备件|24|25|18|16|83|合格"""
    head = "供应商|质量(30)|交付(30)|价格(20)|安全(20)|总分|结论"
    return alone("供应商评价与选择", head, rows, f"评价日期：{when.last}；80 分及以上继续合作。")


def disputes(when: Occasion) -> Sections:
    """Return every dispute under contracts until then."""
    rows = []
    for number, (back, took, supplier, topic, result) in enumerate(DISPUTES, start=1):
        opened = (when.today or when.last) - timedelta(days=back)
        closed = opened + timedelta(days=took)
        if opened <= when.last:
            end = (result, closed.isoformat(), "关闭") if closed <= when.last else ("协商中", "-", "处理中")
            rows.append((f"DSP-{opened:%y}-{number:02}", supplier, opened.isoformat(), topic, *end))
    return alone("合同争议登记", "编号|供应商|提出日期|争议|处理结果|关闭日期|状态", tuple(rows), "争议 30 天内关闭。")


def costs(when: Occasion) -> Sections:
    """Return cost against budget for the quarter."""
    rng = dice(when.title)
    rows, planned, spent = [], 0, 0.0
    for name, budget in BUDGET:
        actual = round(budget * rng.uniform(0.93, 1.04), 1)
        planned, spent = planned + budget, spent + actual
        rows.append((name, str(budget), f"{actual:.1f}", f"{(actual - budget) * 100 / budget:+.1f} %", "可接受"))
    rows.append(("合计", str(planned), f"{spent:.1f}", f"{(spent - planned) * 100 / planned:+.1f} %", "±5 % 以内"))
    note = f"单位：万元；期间 {when.period}。预测：全年支出与预算持平。"
    return alone("实际成本与预算", "科目|预算|实际|偏差|结论", tuple(rows), note)


def demand(when: Occasion) -> Sections:
    """Return demand of the quarter and what is foreseen."""
    rows = []
    for key, name in NAMES.items():
        seen = sum(each.service == key for month in when.months for each in (*incidents(month), *requests(month)))
        growth = dice(when.title + key).randint(-3, 9)
        rows.append((name, str(seen), f"{growth:+d} %", str(round(seen * (100 + growth) / 100))))
    note = "消耗以工单计；预测方法：移动平均加顾客业务计划。促销季由云托管服务临时扩容 20 %。"
    return alone("需求与消耗", "服务|本季消耗(单)|预计增长|下季预测(单)", tuple(rows), note)
