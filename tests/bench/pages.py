"""(d) A page of a list out of many against the same page out of few."""

from pathlib import Path

from app.evidence.filters import Filter
from app.evidence.reading import list_evidence
from app.identity.actor import local_operator
from app.programmes.service import programmes
from app.runtime import open_runtime
from app.settings import Settings
from tests.bench.measuring import say, timed

ACTOR = local_operator("bench")
LIMIT_MS = 30
FILTERS = {
    "all": Filter(),
    "accepted": Filter(state="accepted"),
    "rejected": Filter(state="rejected"),
    "by title": Filter(sort="title"),
    "by period": Filter(sort="-period"),
    "by validity": Filter(sort="valid-until"),
    "accepted by title": Filter(state="accepted", sort="title"),
    "rejected by title": Filter(state="rejected", sort="title"),
}


def run(few: Path, many: Path, items: int) -> None:
    """Print the figures; `few` has a thousand items in each programme, `many` has `items` in all of them."""
    for name, wanted in FILTERS.items():
        small, large = _page(few, wanted), _page(many, wanted)
        say(f"(d) page of 100 ({name}) out of {items:,}", f"{large * 1000:.1f} ms", f"at most {LIMIT_MS} ms",
            holds=large * 1000 <= LIMIT_MS)  # fmt: skip
        say(f"(d) page of 100 ({name}) against one out of 1,000", f"{large / small:.2f} x", "at most 1.3 x",
            holds=large / small <= 1.3)  # fmt: skip


def _page(folder: Path, wanted: Filter) -> float:
    with open_runtime(Settings.load(data_folder=folder)) as runtime, runtime.database.reading() as session:
        programme = programmes(session, actor=ACTOR)[0]

        def page() -> None:
            session.expire_all()
            list_evidence(session, programme, wanted, actor=ACTOR, limit=100)

        return timed(page, runs=25)
