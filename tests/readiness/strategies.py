"""Facts of every kind for Hypothesis: a few expectations, many items, days near each other and at the calendar's ends."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.language import Text
from app.readiness.facts import Agreement, Damage, Facts, Limits, Need, Paper, Party, Proof, Service, Suspect, Waiver
from app.readiness.periods import MONTHS

IDS = tuple("abcd")
NEED_IDS = st.sampled_from(IDS)
NAMES = st.sampled_from(["", "x", "李"])
PEOPLE = st.sampled_from([None, "li", "wang"])
DAYS = st.dates(date(2025, 10, 1), date(2027, 3, 31)) | st.sampled_from(
    [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1), date(2026, 8, 15), date(2026, 8, 16)]
)
ANY_DAY = DAYS | st.sampled_from([date.min, date.max, date(1, 2, 1), date(9999, 12, 1), date(2024, 2, 29)])
ITEMS = st.sampled_from(["i1", "i2", "i3"])

needs = st.builds(
    Need,
    id=NEED_IDS,
    clause=st.just("8"),
    name=st.builds(Text, NAMES, NAMES),
    kind=st.just("record"),
    action=st.sampled_from(["retain", "retain", "maintain"]),
    stage=st.sampled_from([1, 2]),
    cadence=st.sampled_from([*sorted(MONTHS), "monthly", "per_event", "none"]),
    max_age_days=st.sampled_from([None, 0, 30, 90, 365]),
    history_months=st.sampled_from([None, None, 1, 3, 6, 12]),
    required=st.booleans(),
    optional=st.sampled_from([False, False, True]),
    nil_return=st.booleans(),
    owner=PEOPLE,
)
limits = st.builds(
    Limits,
    period_grace_days=st.sampled_from([0, 15, 15, 40]),
    min_operation_months=st.sampled_from([0, 3]),
    conditional_min_percent=st.sampled_from([0, 80, 100]),
    weight_customary=st.sampled_from([0, 1]),
    count_submitted=st.booleans(),
)


def proofs(days: st.SearchStrategy[date]) -> st.SearchStrategy[Proof]:
    """Return evidence of every state; nothing holds between its days."""
    maybe = st.none() | days
    return st.builds(
        Proof,
        need_id=NEED_IDS,
        item_id=ITEMS,
        title=NAMES,
        state=st.sampled_from(["accepted", "accepted", "submitted", "rejected"]),
        collected_on=days,
        period_from=maybe,
        period_to=maybe,
        valid_until=maybe,
        recorded_on=days,
        nil_return=st.booleans(),
        owner=PEOPLE,
    )


def papers(days: st.SearchStrategy[date]) -> st.SearchStrategy[Paper]:
    """Return revisions of every state; nothing holds between their days."""
    maybe = st.none() | days
    return st.builds(
        Paper,
        need_id=NEED_IDS,
        document_id=ITEMS,
        number=NAMES,
        title=NAMES,
        revision=st.integers(1, 3),
        state=st.sampled_from(["approved", "approved", "in_review", "draft", "withdrawn"]),
        approved_on=maybe,
        effective_on=maybe,
        next_review_on=maybe,
        recorded_on=days,
        missing_signatures=st.sampled_from([0, 0, 1]),
        owner=PEOPLE,
    )


def waivers(days: st.SearchStrategy[date]) -> st.SearchStrategy[Waiver]:
    """Return waivers, some of which end before they were granted."""
    return st.builds(Waiver, NEED_IDS, days, days, NAMES, st.just("wang"))


def suspects(days: st.SearchStrategy[date]) -> st.SearchStrategy[Suspect]:
    """Return links whose item or framework changed."""
    return st.builds(Suspect, NEED_IDS, ITEMS, NAMES, st.sampled_from(["document", "framework"]), days)


def damages(days: st.SearchStrategy[date]) -> st.SearchStrategy[Damage]:
    """Return damaged files."""
    return st.builds(Damage, NEED_IDS, ITEMS, NAMES, NAMES, days)


def facts(days: st.SearchStrategy[date] = DAYS, *, unique: bool = True) -> st.SearchStrategy[Facts]:
    """Return facts of every kind, those with an id unique by it unless anything goes."""
    maybe = st.none() | days
    agreements = st.lists(st.builds(Agreement, maybe, maybe), max_size=2).map(tuple)
    text = st.builds(Text, NAMES, NAMES)
    services = st.builds(Service, ITEMS, text, PEOPLE, st.booleans(), agreements)
    parties = st.builds(Party, ITEMS, text, st.just("external-supplier"), agreements)

    def several(each: st.SearchStrategy[Any], key: Any = None, most: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.lists(each, max_size=most, unique_by=key if unique else None).map(tuple)

    return st.builds(
        Facts,
        needs=several(needs, lambda need: need.id),
        proofs=several(proofs(days), most=12),
        papers=several(papers(days), lambda paper: (*paper[:2], paper.revision), most=6),
        waivers=several(waivers(days), most=2),
        services=several(services, lambda service: service.id, most=2),
        parties=several(parties, lambda party: party.id, most=2),
        suspects=several(suspects(days), most=1),
        damages=several(damages(days), most=1),
        start_of_operation=maybe,
        service_clause=st.sampled_from([None, "8.3.3"]),
        supplier_clause=st.sampled_from([None, "8.3.4"]),
        stage_1_on=maybe,
        stage_2_on=maybe,
        limits=limits,
    )
