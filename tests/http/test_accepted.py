import pytest
from fastapi import Request

from app.http.accepted import takes_gzip
from app.http.language import accepted_languages


def asked(name: str, *lines: str) -> Request:
    """Return a request with these lines of a header."""
    return Request({"type": "http", "headers": [(name.encode(), line.encode()) for line in lines]})


@pytest.mark.parametrize(
    ("lines", "takes"),
    [
        ((), False),
        (("",), False),
        (("gzip",), True),
        (("br, GZIP;q=0.5",), True),
        (("x-gzip",), True),
        (("br", "gzip"), True),
        (("*",), True),
        (("gzip;q=0",), False),
        (("gzip; q=0.000, *",), False),
        (("*;q=0",), False),
        (("identity, *; Q=0",), False),
        (("gzip;q=nan",), False),
        (("gzip;q=",), False),
        (("br, deflate",), False),
        (("notgzip",), False),
    ],
)
def test_what_a_client_refuses_is_not_sent_compressed(lines: tuple[str, ...], takes: bool) -> None:
    assert takes_gzip(asked("accept-encoding", *lines)) is takes


def test_languages_are_taken_best_first_however_the_weights_are_written() -> None:
    assert accepted_languages(asked("accept-language", "en; q=0.5, zh-CN;q=0.9, de;q=0", "fr; Q=0.7")) == [
        "zh-cn",
        "fr",
        "en",
    ]
