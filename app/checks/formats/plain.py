"""Text from people made harmless: one line, without characters that steer a terminal or are illegal in XML."""

import re

_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def one_line(text: str) -> str:
    """Return `text` on one line: line ends become spaces, control and direction characters are left out.

    Right-to-left letters stay; overrides and isolates go, because they could make a line read differently. What no
    encoding or XML can hold (lone surrogates, U+FFFE) becomes U+FFFD. Source: XML 1.0, 2.2; Unicode TR 36, 3.1.
    """
    return _IMPOSSIBLE.sub("\ufffd", _STEERING.sub("", _SPACES.sub(" ", text))).strip()
