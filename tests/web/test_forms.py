"""What is read of a form, and from whom."""

import pytest

from app.web.visits import SESSION
from tests.web.conftest import HOME, PASSWORD, Site, key_of, text_of

FILE = ("file", ("纪要.txt", b"text" * 1000, "text/plain"))


def test_the_page_that_signs_in_takes_no_files(site: Site) -> None:
    fields = {"form_key": key_of(site.get("/sign-in")), "login": "officer", "password": PASSWORD}
    answer = site.client.post("/sign-in", data=fields, files=[FILE])
    assert answer.status_code == 422
    assert SESSION not in site.client.cookies


@pytest.mark.parametrize("field", ["note", "login"])
def test_a_form_without_files_is_read_up_to_a_limit(site: Site, field: str) -> None:
    site.sign_in("officer")
    for path in ("/account", "/sign-in"):
        answer = site.client.post(path, data={"form_key": key_of(site.get("/account")), field: ["x" * (1 << 19)] * 9})
        assert answer.status_code == 413
        assert "4 MB" in text_of(answer)


@pytest.mark.parametrize("path", ["/documents/add", "/documents/none/revise"])
def test_a_file_for_a_document_is_taken_only_from_those_who_may_write_it(site: Site, path: str) -> None:
    site.sign_in("auditor")
    sent = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = site.client.post(HOME + path, content=b"nothing that could be read", headers=sent)
    assert answer.status_code == 403
    assert "needs the right “write-documents”" in text_of(answer)


def test_a_refused_form_is_refused_in_the_readers_language(site: Site) -> None:
    site.sign_in("officer", "zh")
    assert "此表单已失效" in text_of(site.client.post("/sign-out"))
