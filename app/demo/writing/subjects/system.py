"""Records of the management system itself: people, papers, audit, review, risks, improvement."""

from datetime import timedelta

from app.demo.company import PEOPLE, somebody
from app.demo.documents import documents
from app.demo.writing.content import Occasion, Section, alone, numbered
from app.demo.writing.figures import changes, dice, incidents, requests, share, uptimes

Sections = tuple[Section, ...]


def meeting(when: Occasion) -> Sections:
    """Return the minutes of the steering committee."""
    due = when.day + timedelta(days=30)
    topics = f"""
    目标完成情况|各项目标按计划推进|继续按月监视|李伟|{due}
    资源|夜班人手偏紧|批准增加 1 名运维工程师|陈志远|{due}
    认证准备|差距清单逐项过会|每两周跟踪一次|王敏|{due}
    顾客反馈|总体满意，报表导出偏慢|列入改进清单|吴芳|{due}"""
    who = "主持：陈志远；参加：李伟、王敏、孙静、周浩、吴芳、郑凯、冯雪、褚天；记录：王敏。"
    return alone(
        "指导委员会会议",
        "议题|讨论|决议|责任人|期限",
        topics,
        f"时间：{when.day} 09:30，地点：杭州总部 1 号会议室",
        who,
    )


def climate(_when: Occasion) -> Sections:
    """Return the decision about climate change."""
    rows = """
    高温与限电|机房制冷、市电|相关|柴油发电、负载错峰
    台风与内涝（杭州）|机房可达性|相关|成都接管
    顾客的碳排放要求|钱塘商业银行招标条款|相关|提供能耗数据
    供应商|机房 PUE|相关|纳入供应商评价"""
    return alone("气候变化相关性判定", "因素|影响|判定|处理", rows, "结论：气候变化是组织的相关事项，已列入风险清单。")


def policy_review(when: Occasion) -> Sections:
    """Return the review of the policies."""
    rows = f"""
    服务管理方针|与战略、目标一致|适宜|无需修改
    变更管理策略|重大变更准则已按顾客意见细化|适宜|已修订
    信息安全方针|结构待与 ISMS 合并|需修改|草案编制中，责任人冯雪，{when.last + timedelta(days=120)}"""
    return alone("方针适宜性评审", "方针|评审意见|结论|处理", rows)


def appointments(when: Occasion) -> Sections:
    """Return letters of appointment."""
    rows = tuple((each.name_zh, each.title_zh, when.last.isoformat(), "陈志远") for each in PEOPLE[2:10])
    return alone("任命", "姓名|岗位|生效日期|批准", rows, "兹任命下列人员承担服务管理体系相应职责，并授予必要权限。")


def risks(_when: Occasion) -> Sections:
    """Return the risk assessment of the management system."""
    rows = """
    关键人员流失|3|4|12|AB 角、知识库|中|郑凯
    供应商断供|2|4|8|备选供应商|低|褚天
    SLA 未达成罚金|2|3|6|月度监视与预警|低|孙静
    变更失败|3|3|9|预演、回退方案|低|周浩
    机遇：自助服务推广|-|-|-|减少 15 % 请求|-|吴芳
    机遇：与 ISMS 合并|-|-|-|减少重复审核|-|李伟"""
    return alone("风险与机遇评估", "风险 / 机遇|可能性|影响|风险值|应对|剩余|责任人", rows, "接受准则：风险值低于 10。")


def treated(_when: Occasion) -> Sections:
    """Return whether actions on risks worked."""
    rows = """
    AB 角|关键岗位覆盖率 100 %|100 %|有效
    月度 SLA 预警|提前 7 天预警|平均提前 9 天|有效
    变更预演|一次成功率 95 %|95.4 %|有效
    备选供应商|关键备件 2 家|2 家|有效"""
    return alone("风险应对措施有效性", "措施|预期|实际|结论", rows)


def objectives(when: Occasion) -> Sections:
    """Return objectives and what was reached, month by month."""
    rows = []
    for month in when.months:
        tickets, up = incidents(month), uptimes(month)
        kept = share(sum(each.in_time for each in tickets), len(tickets))
        failed = sum(each.result != "成功" for each in changes(month))
        rows += [
            (f"{month:%Y-%m}", "事件按时解决率", "90 %", kept),
            (f"{month:%Y-%m}", "可用性达成服务数", "5 / 5", f"{sum(each.met for each in up)} / 5"),
            (f"{month:%Y-%m}", "变更一次成功率", "95 %", share(len(changes(month)) - failed, len(changes(month)))),
            (f"{month:%Y-%m}", "服务请求数量（参考）", "-", str(len(requests(month)))),
        ]
    return alone("监视与测量结果", "月份|指标|目标|实际", tuple(rows), "低于目标的指标由过程负责人在次月例会说明原因。")


def alignment(_when: Occasion) -> Sections:
    """Return whether the plans of the processes agree with the service management plan."""
    rows = """
    能力计划|目标、资源一致|一致
    服务连续性计划|RTO/RPO 与服务要求一致|一致
    年度培训计划|覆盖技能差距|一致
    内部审核方案|覆盖全部条款与场所|一致
    信息安全风险处置计划|与方针一致|一致"""
    return alone("计划一致性评审", "计划|评审内容|结论", rows)


def competence(_when: Occasion) -> Sections:
    """Return what each role needs and has."""
    levels = ("3/3", "3/3", "2/2", "3/2")
    rows = tuple(
        (
            each.name_zh,
            each.title_zh,
            *(dice(each.key + skill).choice(levels) for skill in ("标准", "专业", "工具")),
            "满足",
        )
        for each in PEOPLE[1:]
    )
    return alone(
        "技能矩阵（实际/要求）", "姓名|岗位|标准与体系|专业技能|工具|结论", rows, "等级：1 了解，2 独立，3 指导他人。"
    )


def training(when: Occasion) -> Sections:
    """Return who attended a course and the result of its test."""
    rng = dice(when.title)
    rows = numbered(
        tuple((each.name_zh, each.title_zh, "已签到", str(rng.randint(82, 99)), "合格") for each in PEOPLE[1:])
    )
    courses = (
        "ISO/IEC 20000-1 与公司过程要求（4 学时），{day}，讲师：李伟",
        "变更与发布实务、配置更新（6 学时），{day}，讲师：周浩",
    )
    aware = "服务与信息安全意识：方针、个人贡献、不符合的后果（2 学时），{day}，讲师：冯雪"
    course = aware if "意识" in when.title else courses[when.turn]
    ending = "三个月后由直接主管评价：应用良好，有效。" if not when.turn else "效果评价：计划在三个月后由直接主管进行。"
    return alone(
        "签到与考核", "序号|姓名|岗位|签到|考核分|结论", rows, f"课程：{course.format(day=when.last)}。", ending
    )


def qualifications(when: Occasion) -> Sections:
    """Return certificates and authorisations."""
    year = when.last.year
    rows = f"""
    李伟|ISO/IEC 20000-1 内审员|IA-{year - 1}-0417|体系管理
    沈宇|ISO/IEC 20000-1 内审员、CISA|IA-{year - 1}-0421|内部审核
    冯雪|CISP|CISP-{year - 2}-1180|信息安全
    周浩|ITIL 4 Managing Professional|ITIL-{year - 1}-5532|变更与发布
    郑凯|OCP、PMP|OCP-{year - 2}-0093|数据库与运维"""
    return alone("资格与授权", "姓名|证书|编号|授权范围", rows)


def approvals(when: Occasion) -> Sections:
    """Return reviews and approvals of documents: policies and procedures first, instructions and registers later."""
    levels = (("L1", "L2"), ("L3", "L4"))[when.turn]
    rows = tuple(
        (each.number, each.title_zh, "1.0", somebody(each.owner).name_zh, "王敏", "陈志远", signed.isoformat())
        for each in documents(when.today or when.last)
        if each.level in levels and (signed := each.revisions[0].approved_on) and signed <= when.last
    )
    note = f"截至 {when.last} 已批准的 {'、'.join(levels)} 级文件首版；后续版次见文件库审批记录。"
    return alone("文件评审与批准", "编号|名称|版次|编制|审核|批准|日期", rows, note)


def disposal(when: Occasion) -> Sections:
    """Return records that were destroyed."""
    day = when.last
    rows = f"""
    纸质机房出入登记（{day.year - 4} 年）|超过保存期限|碎纸，二人监督|王敏、郑凯|{day}
    服务台通话录音（{day.year - 1} 年上半年）|超过 12 个月约定期限|按批次删除|吴芳、冯雪|{day - timedelta(days=9)}
    已结束顾客的监控数据|合同终止满一年|擦除并取得顾客确认|郑凯、冯雪|{day - timedelta(days=16)}"""
    return alone("记录处置登记", "记录|原因|处置|监督人|日期", rows)


def obsolete(when: Occasion) -> Sections:
    """Return documents that were taken back when others took their place."""
    day = when.last
    old = f"""
    运维管理制度（{day.year - 5} 年版）|由 YZ-SMS-L2-13、L2-16 代替|收回 6 份，电子版移入作废库|王敏|{day}
    服务台工作手册（{day.year - 4} 年版）|由 YZ-SMS-L2-17、L3-01 代替|收回 11 份，电子版移入作废库|吴芳|{day}
    供应商管理办法（{day.year - 6} 年版）|由 YZ-SMS-L2-07 代替|收回 2 份|褚天|{day}"""
    later = f"""
    ISO/IEC 20000-1:2011（外来）|由 2018 版代替|标识“作废”，留一份参考|王敏|{day}
    机房巡检表（无编号）|改用受控表单|成都收回 1 份，杭州无|郑凯|{day - timedelta(days=5)}
    应急联络卡（旧）|号码变化|收回 24 张，碎纸|郑凯|{day - timedelta(days=2)}"""
    return alone("作废文件回收与标识", "文件|原因|处理|经手人|日期", (old, later)[when.turn])


def completeness(_when: Occasion) -> Sections:
    """Return the check of what the standard wants in writing."""
    rows = """
    4.3|体系范围|YZ-SMS-L1-03|有效
    5.2|服务管理方针|YZ-SMS-L1-02|有效
    6.1|风险与机遇|YZ-SMS-L4-12|有效
    6.2|服务管理目标|YZ-SMS-L1-10|有效
    6.3|服务管理计划|YZ-SMS-L1-04|有效
    8.2.4|服务目录|YZ-SMS-L4-01|有效
    8.3.3|服务级别协议|YZ-SMS-L2-27|有效
    8.5.1|变更管理策略|YZ-SMS-L1-06|有效
    8.7.2|服务连续性计划|YZ-SMS-L2-25|有效
    8.7.3|信息安全方针|YZ-SMS-L1-05|草案，待批准"""
    return alone("文件化信息完整性核对", "条款|要求|文件|状态", rows)


def system_changes(when: Occasion) -> Sections:
    """Return changes of the management system."""
    early = f"""
    增加成都场所|业务扩展|范围、RACI、连续性计划已更新|李伟|{when.last}
    合并投诉登记渠道|顾客建议|程序 YZ-SMS-L2-09 已修订|孙静|{when.last}"""
    later = f"""
    服务报告由季度改为每月|顾客要求|YZ-SMS-L2-10 与报告模板已更新|孙静|{when.last}
    ITSM 平台停用旧审批流（非预期，影响 3 张变更单）|平台升级|已恢复审批流并补审，无不利后果|周浩|{when.last}"""
    return alone("体系变更记录", "变更|原因|影响与措施|责任人|完成日期", (early, later)[when.turn])


def effectiveness(when: Occasion) -> Sections:
    """Return the evaluation of the system and the services."""
    months = when.before(6)
    met = sum(each.met for month in months for each in uptimes(month))
    tickets = [each for month in months for each in incidents(month)]
    kept = sum(each.in_time for each in tickets)
    audit = "\n内审不符合验证关闭|3|2|66.7 %（余 1 项在三个月期限内）" if when.last > when.reviewed_on else ""
    rows = f"""
    可用性达成（服务月）|{len(months) * 5}|{met}|{share(met, len(months) * 5)}
    事件按时解决|{len(tickets)}|{kept}|{share(kept, len(tickets))}
    改进项完成|6|5|83.3 %{audit}"""
    note = f"评价区间：{months[0]:%Y-%m} 至 {months[-1]:%Y-%m}。结论：体系有效，服务符合服务要求。"
    return alone("有效性与符合性", "项目|总数|达成|比例", rows, note)


def improvement(_when: Occasion) -> Sections:
    """Return what improvements brought."""
    rows = """
    IMP-01|自助门户推广|自助率 40 %|46 %|达成
    IMP-02|报表导出优化|导出不超过 60 秒|38 秒|达成
    IMP-03|变更预演|一次成功率 95 %|95.4 %|达成
    IMP-04|备份自动校验|人工 4 小时/月|0.5 小时/月|达成
    IMP-05|知识库扩充|新增 60 篇|52 篇|部分达成"""
    return alone("改进效果", "编号|改进|目标|实际|结论", rows)
