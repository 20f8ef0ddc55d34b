import pytest

from app.web.assets import address_of
from tests.web.conftest import Site


@pytest.mark.parametrize("path", ["/sign-in", address_of("style.css")])
def test_a_client_that_takes_nothing_compressed_gets_it_plain(site: Site, path: str) -> None:
    assert site.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in site.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers
