"""Snapshots on the pages: taken, listed, drawn with a table behind, compared with what is known now."""

import re
from datetime import UTC, datetime, timedelta

from app.checks.service import Question, freeze
from app.programmes.service import find_programme
from app.web.charts import line_of
from tests.builders import INSTALLER
from tests.web.conftest import HOME, Site, key_of, text_of
from tests.web.papers import document
from tests.web.test_coverage import month, record_of

SNAPSHOTS = f"{HOME}/snapshots"
DAY = datetime(2026, 8, 1, tzinfo=UTC).date()


def test_a_snapshot_is_taken_of_both_stages_once_and_drawn_with_a_table_behind(site: Site) -> None:
    site.sign_in("officer")
    assert "No snapshot has been taken yet." in site.read(HOME)
    page = site.get(SNAPSHOTS)
    fields = dict(re.findall(r'name="(once)" value="([^"]*)"', page.text))
    for _ in range(2):  # a double click
        answer = site.client.post(SNAPSHOTS, data={"form_key": key_of(page), "label": "before stage 1", **fields})
        assert "The snapshots of both stages are taken." in text_of(answer)
    page = site.get(SNAPSHOTS)
    assert page.text.count("before stage 1") == 2
    assert page.text.count('<svg class="trend"') == 2
    assert 'role="img"' in page.text
    for words in ("As a table", "Verdict", "In percent", "not ready"):
        assert words in text_of(page)
    assert "No snapshot" not in site.read(HOME)
    assert site.get(HOME).text.count('<svg class="trend"') == 2


def test_what_has_changed_since_is_said_and_the_snapshot_stays_as_it_was(site: Site) -> None:
    record_of(site, month(3))
    site.sign_in("officer")
    site.send(SNAPSHOTS, SNAPSHOTS, {"label": ""})
    assert "Nothing: the same findings hold." in site.read(SNAPSHOTS)
    document(site, state="in-review")
    words = site.read(SNAPSHOTS)
    assert "Settled: 1" in words
    assert "Service management policy: no document is there." in words
    assert "New: 1" in words
    assert "Service management policy: in review, approvals still awaited: 1." in words
    [one] = re.findall(rf'href="({SNAPSHOTS}/[0-9a-f-]+)"', site.get(SNAPSHOTS).text)[1:]
    kept = site.read(one)
    assert "Service management policy: no document is there." in kept
    assert "SHA-256 of the facts" in kept
    first, second = re.findall(r'href="[^"]*\?since=([0-9a-f-]+)"', site.get(SNAPSHOTS).text + site.get(one).text)[:2]
    assert "stage 1" in site.read(f"{SNAPSHOTS}?since={first}")
    assert first != "" != second


def test_snapshots_are_for_those_who_see_what_is_prepared(site: Site) -> None:
    site.sign_in("contributor")
    assert "Take a snapshot" not in site.read(SNAPSHOTS)
    assert site.send(SNAPSHOTS, SNAPSHOTS, {"label": ""}).status_code == 403
    site.sign_in("auditor")
    assert site.get(SNAPSHOTS).status_code == 403
    site.sign_in("officer")
    assert site.get(f"{SNAPSHOTS}/nothing").status_code == 404


def test_the_past_shows_the_snapshots_of_then(site: Site) -> None:
    taken_at = datetime.now(UTC) - timedelta(days=10)
    with site.runtime.database.writing() as session:
        programme = find_programme(session, "itsm", actor=INSTALLER)
        freeze(session, programme, Question(2), label="early", known_at=taken_at, actor=INSTALLER, at=taken_at)
    site.sign_in("officer")
    days = {days: (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=days) for days in (12, 5)}
    assert "early" in site.read(f"{SNAPSHOTS}?known_at={days[5]}")
    assert "early" not in site.read(f"{SNAPSHOTS}?known_at={days[12]}")
    assert "Take a snapshot" not in site.read(f"{SNAPSHOTS}?known_at={days[5]}")


def test_a_line_is_as_wide_as_its_days_and_as_high_as_its_figures() -> None:
    days = [DAY + timedelta(days=30 * number) for number in range(3)]
    line = line_of([(days[0], "not-ready", 50, 100), (days[1], "at-risk", 75, 100), (days[2], "ready", 100, 100)])
    assert line.lowest == 40
    assert [(dot.x, dot.y, dot.percent) for dot in line.dots] == [
        (60.0, 103.3, 50),
        (340.0, 61.7, 75),
        (620.0, 20.0, 100),
    ]
    assert line_of([]).dots == ()
    [alone] = line_of([(DAY, "not-ready", 0, 0)]).dots
    assert (alone.x, alone.percent) == (340.0, 0)
