import io
from datetime import UTC, datetime

from PIL import Image

from app.evidence.service import NewEvidence, add_evidence, review_evidence
from app.evidence.versions import NewVersion
from app.identity.service import user_actor
from app.identity.users import find_user
from app.journal.service import entries
from app.programmes.models import Programme
from app.storage.files import NewFile
from tests.builders import TODAY, long_ago
from tests.web.conftest import HOME, Site, text_of
from tests.web.papers import document


def some_file(site: Site, name: str, content: bytes, *, accept: bool = True) -> str:
    """Add evidence of one file, accept it, and return the address of its view."""
    file = NewFile(name, site.runtime.blobs.put(io.BytesIO(content)))
    with site.runtime.database.writing() as session:
        programme = session.get_one(Programme, site.programme)
        officer, reviewer = (
            user_actor(session, find_user(session, who), at=long_ago()) for who in ("officer", "reviewer")
        )
        new = NewEvidence("Minutes 纪要", NewVersion(TODAY))
        made = add_evidence(session, programme, new, [file], actor=officer, at=datetime.now(UTC)).evidence.id
        if accept:
            review_evidence(session, programme, made, accept=True, actor=reviewer, at=datetime.now(UTC))
    return f"{HOME}/evidence/{made}/versions/1/files/1/view"


def test_a_text_is_shown_as_text_whatever_is_in_it(site: Site) -> None:
    address = some_file(site, "纪要.txt", "会议 <script>alert(1)</script>".encode())
    site.sign_in("officer")
    page = site.get(address)
    assert "<script>alert" not in page.text
    assert "会议 &lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_a_picture_is_served_for_the_page_only_and_cannot_act(site: Site) -> None:
    written = io.BytesIO()
    Image.new("RGB", (4, 4)).save(written, "PNG")
    address = some_file(site, "shot.png", written.getvalue())
    site.sign_in("officer")
    assert f'src="{address}/picture"' in site.get(address).text
    picture = site.get(address + "/picture")
    assert picture.content == written.getvalue()
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-security-policy"].startswith("sandbox")
    again = site.get(address + "/picture", headers={"If-None-Match": picture.headers["etag"]})
    assert again.status_code == 304


def test_a_page_with_scripts_is_never_shown_only_offered_for_download(site: Site) -> None:
    address = some_file(site, "evil.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    site.sign_in("officer")
    assert "cannot be shown here" in site.read(address)
    assert site.get(address + "/picture").status_code == 404


def test_a_broken_file_says_so_and_still_offers_the_download(site: Site) -> None:
    address = some_file(site, "report.pdf", b"no pdf at all")
    site.sign_in("officer")
    words = site.read(address)
    assert "broken" in words
    assert "Download" in words


def test_what_an_auditor_opens_is_on_record_and_what_the_officer_opens_is_not(site: Site) -> None:
    address = some_file(site, "a.txt", b"text")
    for who in ("officer", "auditor"):
        site.sign_in(who)
        site.read(address)
    site.sign_in("officer")
    site.send(HOME, f"{HOME}/preview")  # only looks as an auditor
    assert site.get(address.removesuffix("/view")).content == b"text"
    with site.runtime.database.reading() as session:
        found = entries(session, site.organisation, limit=50)
        opened = [(each.actor_id, each.after) for each in found if each.action == "file.opened"]
    assert opened == [(site.users["auditor"], {"file": "a.txt"})]


def test_an_auditor_does_not_see_what_nobody_has_accepted(site: Site) -> None:
    address = some_file(site, "draft.txt", b"draft", accept=False)
    site.sign_in("auditor")
    answer = site.get(address)
    assert answer.status_code == 404
    assert "draft.txt" not in text_of(answer)


def test_an_auditors_download_of_a_document_is_on_record(site: Site) -> None:
    made = document(site, state="effective")
    site.sign_in("auditor")
    assert site.get(f"{HOME}/documents/{made}/revisions/1/file").status_code == 200
    with site.runtime.database.reading() as session:
        found = entries(session, site.organisation, limit=50)
        assert [each.subject_id for each in found if each.action == "file.opened"] == [made]
