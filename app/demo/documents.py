"""The sample organisation's controlled documents: one row each, with what is wrong about a few of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.company import operation_start

TABLE = """
L1-01|policy|服务管理手册（一体化）|Service management manual (integrated)|li.wei|sms-manual,process-interaction-map,sms-process-descriptions,organisation-chart,party-relationship-map
L1-02|policy|服务管理方针|Service management policy|li.wei|service-management-policy
L1-03|policy|服务管理体系范围说明|SMS scope statement|li.wei|sms-scope-statement,scope-boundary-diagram
L1-04|plan|服务管理计划|Service management plan|li.wei|service-management-plan,resource-plan,tooling-inventory
L1-05|policy|信息安全方针|Information security policy|feng.xue|information-security-policy
L1-06|policy|变更管理策略|Change management policy|zhou.hao|change-management-policy
L1-08|register|组织环境与相关方清单|Context and interested parties|li.wei|context-analysis,interested-parties-register
L1-09|register|RACI 职责矩阵|Responsibility matrix (RACI)|li.wei|raci-matrix
L1-10|plan|服务管理目标与测量计划|Objectives and measurement plan|li.wei|service-management-objectives,objectives-action-plan,measurement-plan,process-kpi-criteria
L1-11|register|法律法规与合规义务清单|Register of compliance obligations|wang.min|compliance-obligations-register
L1-12|policy|信息安全管理体系范围说明|ISMS scope statement|feng.xue|isms-scope-statement
L1-13|plan|信息安全目标|Information security objectives|feng.xue|isms-security-objectives
L2-01|procedure|风险与机遇管理程序|Risk and opportunity management procedure|li.wei|risk-management-procedure
L2-02|procedure|文件与记录控制程序|Document and record control procedure|wang.min|document-control-procedure,record-control-procedure
L2-03|plan|年度培训计划|Annual training plan|wang.min|training-plan
L2-04|plan|沟通计划|Communication plan|wang.min|communication-plan
L2-05|procedure|知识管理程序|Knowledge management procedure|wu.fang|knowledge-management-procedure
L2-06|procedure|服务目录管理程序|Service catalogue procedure|sun.jing|service-catalogue-procedure
L2-07|procedure|其他方控制与供应商管理程序|Control of other parties and supplier management|chu.tian|party-selection-criteria,party-controls-definition,supplier-management-procedure
L2-08|procedure|资产与配置管理程序|Asset and configuration management procedure|zheng.kai|asset-management-procedure,configuration-management-procedure
L2-09|procedure|业务关系与投诉管理程序|Business relationship and complaint procedure|sun.jing|business-relationship-procedure
L2-10|procedure|服务级别与服务报告管理程序|Service level and reporting procedure|sun.jing|service-level-management-procedure,service-report-catalogue
L2-11|procedure|服务预算与核算管理程序|Budgeting and accounting procedure|zheng.kai|budgeting-accounting-procedure
L2-12|procedure|需求与能力管理程序|Demand and capacity procedure|zheng.kai|capacity-demand-procedure
L2-13|procedure|变更管理程序|Change management procedure|zhou.hao|change-management-procedure
L2-14|procedure|服务设计与转换管理程序|Service design and transition procedure|zhou.hao|service-design-transition-procedure
L2-15|procedure|发布与部署管理程序|Release and deployment procedure|zhou.hao|release-deployment-procedure
L2-16|procedure|事件与重大事件管理程序|Incident and major incident procedure|wu.fang|incident-management-procedure,major-incident-procedure
L2-17|procedure|服务请求管理程序|Service request procedure|wu.fang|service-request-procedure
L2-18|procedure|问题管理程序|Problem management procedure|wu.fang|problem-management-procedure
L2-19|procedure|可用性与连续性管理程序|Availability and continuity procedure|zheng.kai|availability-management-procedure,continuity-management-procedure
L2-20|procedure|信息安全管理程序|Information security procedure|feng.xue|information-security-procedure
L2-21|procedure|内部审核程序|Internal audit procedure|li.wei|internal-audit-procedure
L2-23|procedure|不符合、纠正措施与改进程序|Nonconformity, corrective action and improvement|li.wei|corrective-action-procedure,improvement-procedure
L2-24|plan|能力计划|Capacity plan|zheng.kai|capacity-plan,capacity-requirements
L2-25|plan|服务连续性计划|Service continuity plan|zheng.kai|service-continuity-plan,continuity-requirements
L2-26|register|可用性要求与目标|Availability requirements and targets|zheng.kai|availability-requirements-targets
L2-27|agreement|服务级别协议（汇编）|Service level agreements|sun.jing|service-level-agreement
L2-28|agreement|运营级别协议（内部）|Operational level agreement|chu.tian|internal-agreement
L2-29|agreement|外部供应商合同|External supplier contracts|chu.tian|external-supplier-contract
L2-30|procedure|信息安全事件管理程序|Security incident procedure|feng.xue|security-incident-procedure
L2-31|agreement|外部组织信息安全协议|Security agreements with external organisations|feng.xue|external-security-agreements
L2-32|register|适用性声明（SoA）|Statement of Applicability|feng.xue|isms-statement-of-applicability,security-control-decisions
L2-33|procedure|信息安全风险评估与处置过程|Security risk assessment and treatment|feng.xue|isms-risk-assessment-process,isms-risk-treatment-process
L2-34|plan|信息安全风险处置计划|Security risk treatment plan|feng.xue|isms-risk-treatment-plan
L3-01|procedure|服务请求履行作业指导书|Service request fulfilment instruction|wu.fang|service-request-instructions
L4-01|register|服务目录|Service catalogue|sun.jing|service-catalogue
L4-02|register|服务组合|Service portfolio|sun.jing|service-portfolio
L4-03|register|文件总清单|Document master list|wang.min|document-master-list,document-access-list,external-documents-register
L4-04|register|其他方与供应商清单|Other parties and suppliers|chu.tian|other-parties-register,supplier-register
L4-05|register|顾客清单|Customer register|sun.jing|customer-register
L4-06|plan|内部审核方案|Internal audit programme|li.wei|internal-audit-programme
L4-08|register|服务资产清单|Register of service assets|zheng.kai|asset-register
L4-09|register|改进清单与计划|Improvement register and plan|li.wei|improvement-register,improvement-plan
L4-10|register|知识库与已知错误清单|Knowledge base and known errors|wu.fang|knowledge-base-register,known-error-register
L4-12|register|风险与机遇清单及应对计划|Risk register and treatment plan|li.wei|risk-register,risk-treatment-plan
L4-13|agreement|服务要求说明书|Service requirements specification|sun.jing|service-requirements-specification
L4-14|plan|年度服务预算|Annual service budget|zheng.kai|service-budget
L4-16|register|配置信息访问权限清单|Access to configuration information|zheng.kai|configuration-access-list
L4-17|register|连续性联络清单|Continuity contact list|zheng.kai|continuity-contact-list
"""
AS_FIRST_ISSUED = frozenset({"L1-02", "L1-03", "L2-06", "L2-17", "L3-01"})
"""Not revised since they were first issued: their yearly review comes due before stage 2."""
DRAFT, IN_REVIEW, LATER, OVERDUE, REVISED = "L1-05", "L2-18", "L2-15", "L2-05", "L2-16"
"""Never approved; waiting for approval; effective only next month; review overdue; approved anew after its links."""
ENGLISH = frozenset({"L2-25", "L2-26", "L2-27", "L2-29", "L2-30", "L2-31", "L4-01", "L4-13"})
"""Files written in English, for customers and suppliers abroad."""
CHANGES = {
    "draft": ("草案，未发布", "Draft, not issued"),
    "in-review": ("送审稿，未发布", "In review, not issued"),
    "approved": ("首次发布", "First issue"),
}
AGAIN = ("根据试运行结果修订", "Revised after the trial run")
"""What changed, in Chinese and English: in the first revision by its state, and in those after it."""


@dataclass(frozen=True, slots=True)
class SampleRevision:
    """One revision: the days it was written and approved; None for what has not happened."""

    written_on: date
    approved_on: date | None
    effective_on: date | None = None
    next_review_on: date | None = None
    submitted: bool = True

    @property
    def state(self) -> str:
        """How far it is: `draft`, `in-review`, `approved`."""
        return "approved" if self.approved_on else "in-review" if self.submitted else "draft"


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """A line of the master list with its revisions, oldest first."""

    number: str
    level: str
    kind: str
    title_zh: str
    title_en: str
    owner: str
    expectation_ids: tuple[str, ...]
    language: str
    revisions: tuple[SampleRevision, ...]

    @property
    def title(self) -> str:
        """Its title in its own language."""
        return self.title_en if self.language == "en" else self.title_zh

    def change(self, number: int) -> str:
        """Return what changed in revision `number`, as its file and the master list say it."""
        said = AGAIN if number > 1 else CHANGES[self.revisions[0].state]
        return said[self.language == "en"]


def documents(today: date) -> tuple[SampleDocument, ...]:
    """Return the whole master list as it is on `today`."""
    return tuple(_document(line.split("|"), today) for line in TABLE.strip().splitlines())


def _document(parts: list[str], today: date) -> SampleDocument:
    code, kind, title_zh, title_en, owner, expectations = parts
    return SampleDocument(
        number=f"YZ-SMS-{code}",
        level=code[:2],
        kind=kind,
        title_zh=title_zh,
        title_en=title_en,
        owner=owner,
        expectation_ids=tuple(expectations.split(",")),
        language="en" if code in ENGLISH else "zh",
        revisions=_revisions(code, today),
    )


def _revisions(code: str, today: date) -> tuple[SampleRevision, ...]:
    start = operation_start(today)
    if code == DRAFT:
        return (SampleRevision(today - timedelta(days=25), None, submitted=False),)
    if code == IN_REVIEW:
        return (SampleRevision(today - timedelta(days=9), None),)
    if code == LATER:
        written = today - timedelta(days=14)
        return (SampleRevision(written, written + timedelta(days=5), today + timedelta(days=30)),)
    first = SampleRevision(start - timedelta(days=20), start - timedelta(days=6))
    if code == OVERDUE:
        overdue = SampleRevision(first.written_on, first.approved_on, None, today - timedelta(days=12))
        return (overdue,)
    if code in AS_FIRST_ISSUED:
        return (first,)
    again = today - timedelta(days=35)  # what the trial run taught
    return (first, SampleRevision(again, again + timedelta(days=6)))
