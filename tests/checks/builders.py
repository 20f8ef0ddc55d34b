"""Reports made by the engine from the shipped packs and facts that are stated here, with defaults."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from app.catalogue.pack import Pack
from app.catalogue.reading import shipped
from app.checks.judging import judge
from app.checks.report import Report
from app.language import Text
from app.readiness.facts import Facts, Limits, Need, Paper, Party, Proof, Service, Waiver

AT = datetime(2026, 11, 24, 1, 41, tzinfo=UTC)
TODAY = date(2026, 11, 24)
AUDIT = date(2027, 5, 20)
F2018, F2011 = "iso20000-1-2018", "iso20000-1-2011"
LI, WANG = "01a-li", "01a-wang"
OWNERS = {LI: "李伟", WANG: "Wang Fang"}
HOSTILE = (
    "\x1b[31mRed\x07\u202etxt.exe\u2069\x00 ]]> <script>|@all\n| \U0001f469\u200d\U0001f467 שלום \ufffe&amp; "
    + "很长的标题" * 60
)


@cache
def pack(framework: str = F2018) -> Pack:
    """Return a shipped pack."""
    return next(each for each in shipped() if isinstance(each, Pack) and each.id == framework)


def needs(framework: str = F2018) -> tuple[Need, ...]:
    """Return the pack's expectations as facts; those of clauses 4 to 8.2 belong to Li."""
    return tuple(
        Need(
            each.id,
            each.clause,
            each.name,
            each.kind.value,
            each.action.value,
            each.stage,
            each.cadence.value,
            each.max_age_days,
            each.history_months,
            each.required,
            each.optional,
            each.nil_return,
            LI if each.clause < "8.3" else WANG,
        )
        for each in pack(framework).expectations
    )


def everything(framework: str = F2018) -> Facts:
    """Return facts with which nothing stands against stage 2, today and on the day of the audit."""
    proofs, papers = [], []
    for need in needs(framework):
        if need.action == "maintain":
            day = date(2026, 11, 1)
            review = date(2027, 11, 1)
            papers.append(Paper(need.id, f"doc-{need.id}", "SMS", need.name.zh, 1, "approved", day, day, review, day))
        else:
            proofs.extend(_months(need))
    return Facts(
        needs=tuple(each._replace(max_age_days=None) for each in needs(framework)),
        proofs=tuple(proofs),
        papers=tuple(papers),
        start_of_operation=date(2025, 1, 1),
        stage_1_on=date(2027, 3, 20),
        stage_2_on=AUDIT,
        service_clause="8.3.3",
        supplier_clause="8.3.4.1",
    )


def _months(need: Need) -> list[Proof]:
    """One record that covers everything, recorded when it began so that nothing is late."""
    first, last = date(2025, 1, 1), date(2027, 12, 31)
    return [Proof(need.id, f"ev-{need.id}", need.name.zh, "accepted", first, first, last, last, date(2025, 1, 10))]


def without(facts: Facts, *ids: str) -> Facts:
    """Return the facts without anything for these expectations."""
    return replace(
        facts,
        proofs=tuple(proof for proof in facts.proofs if proof.need_id not in ids),
        papers=tuple(paper for paper in facts.papers if paper.need_id not in ids),
    )


def renamed(facts: Facts, expectation_id: str, name: str) -> Facts:
    """Return the facts with another name for one expectation."""
    changed = tuple(each._replace(name=Text(name, name)) if each.id == expectation_id else each for each in facts.needs)
    return replace(facts, needs=changed)


def ids_where(framework: str = F2018, **wanted: object) -> list[str]:
    """Return the ids of the expectations with these fields, in the order of the pack."""
    return [need.id for need in needs(framework) if all(getattr(need, name) == value for name, value in wanted.items())]


def gaps(framework: str = F2018) -> Facts:
    """Return facts with a bit of everything wrong."""
    facts = everything(framework)
    required = ids_where(framework, required=True, optional=False)
    customary = ids_where(framework, required=False, optional=False, action="retain")
    monthly = [each for each in ids_where(framework, cadence="monthly", optional=False) if each not in customary[:3]]
    facts = without(facts, *required[:9:2], *customary[:3], *monthly[:4])
    waivers = (Waiver(customary[0], date(2026, 9, 1), date(2027, 12, 31), "没有供应商 | no supplier", "u1"),)
    expiring = required[10:40:10]
    proofs = [
        proof._replace(valid_until=date(2027, 1, 3)) if proof.need_id in expiring else proof for proof in facts.proofs
    ]
    for month in (8, 9, 10):
        first, last = date(2026, month, 1), date(2026, month, 28)
        for number, need_id in enumerate(monthly[:4]):
            if number != month - 8:
                kept = TODAY if number == 3 else last + timedelta(days=9)
                proofs.append(
                    Proof(need_id, f"m{month}-{need_id}", f"{month} 月", "accepted", last, first, last, None, kept)
                )
    papers = [
        paper._replace(state="draft", effective_on=None, approved_on=None) if index % 17 == 0 else paper
        for index, paper in enumerate(facts.papers)
    ]
    return replace(
        facts,
        proofs=tuple(proofs),
        papers=tuple(papers),
        waivers=waivers,
        services=(Service("s1", Text("Cloud desktop", "云桌面"), None, requirements=True, agreements=()),),
        parties=(Party("p1", Text("Northern Cables", "北方线缆"), "external-supplier", ()),),
    )


def some_report(*facts: Facts, frameworks: tuple[str, ...] = (F2018,), **fields: Any) -> Report:
    """Judge facts (those of `gaps` unless given), one for each framework, for stage 2 on the day of the audit."""
    facts = facts or tuple(gaps(each) for each in frameworks)
    stage, as_of = fields.pop("stage", 2), fields.get("as_of", AUDIT)
    judged = tuple(
        judge(pack(each), known, stage=stage, as_of=as_of, known_on=TODAY)
        for each, known in zip(frameworks, facts, strict=True)
    )
    report = Report(
        programme_id="01a",
        programme_code="itsm",
        programme_name=Text("IT services", "IT 服务"),
        organisation_name=Text("Cloudstack", "云栈科技有限公司"),
        stage=stage,
        as_of=AUDIT,
        known_at=AT,
        known_on=TODAY,
        audit_on=AUDIT,
        count_submitted=False,
        min_percent=80,
        engine_version="1",
        owners=OWNERS,
        frameworks=judged,
    )
    return replace(report, **fields)


def limited(facts: Facts, **limits: Any) -> Facts:
    """Return the facts with other settings of the programme."""
    return replace(facts, limits=replace(Limits(), **limits))
