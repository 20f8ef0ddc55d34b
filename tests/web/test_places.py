import re

from tests.web.conftest import HOME, Site

CAME = "done=saved&came=abc&ended=1&undo=2&unlinked=3&cursor=4"


def test_back_to_today_keeps_the_filters_and_forgets_what_has_just_been_done(site: Site) -> None:
    site.sign_in("officer")
    shown = f"{HOME}/clauses?as_of=2027-03-01&known_at=2026-01-02&state=a+%26b&state=&kind=%E8%AF%81&{CAME}"
    page = site.get(shown).text
    back = re.search(r'<a href="([^"]*)">Back to today</a>', page)
    assert back is not None
    assert back[1].replace("&amp;", "&") == f"{HOME}/clauses?state=a+%26b&kind=%E8%AF%81"
    form = page.split('<form class="dates"')[1].split("</form>")[0]
    assert re.findall(r'type="hidden" name="(\w+)"', form) == ["state", "kind"]


def test_back_to_today_leads_to_the_page_itself_where_nothing_is_filtered(site: Site) -> None:
    site.sign_in("officer")
    assert f'<a href="{HOME}/clauses">Back to today</a>' in site.get(f"{HOME}/clauses?as_of=2027-03-01").text
    refused = site.send(
        f"{HOME}/set-up/sites",
        f"{HOME}/set-up/sites?as_of=2027-03-01",
        {"name_zh": ""},
        headers={"Referer": f"http://testserver{HOME}/set-up/sites?as_of=2027-03-01&back=x"},
    )
    assert refused.status_code == 422
    assert f'<a href="{HOME}/set-up/sites?back=x">Back to today</a>' in refused.text
