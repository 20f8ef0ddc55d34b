"""The order of words for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.collation import STORED_BYTES, name_key, order_key, stored_key

ORDERS = {
    "case and accents do not count": ["Echo", "éclair", "ECU", "Zoë", "zoo"],
    "numbers count by their value": ["8.2.1", "8.2.9", "8.2.10", "8.10", "Plan 2", "Plan 10"],
    "signs, numbers, Latin letters, Chinese": ["(draft)", "2026", "SLA", "阿里", "政策"],
    "Chinese by pinyin": ["安全策略", "变更记录", "服务报告", "事件记录", "政策"],
    "tones count after the letters": ["妈", "麻", "马", "骂"],
    "a character is read as its word says": ["重庆机房", "服务", "会议纪要", "会计账", "重大事件"],
    "one Chinese character after another": ["西安", "先"],
    "full-width letters and numbers are letters and numbers": [
        "\uff12\uff10\uff12\uff15 年",
        "2026 年",
        "\uff21\uff22",
        "ac",
    ],
    "unknown characters come last": ["左", "\U0003fff0"],
}


@pytest.mark.parametrize("words", ORDERS.values(), ids=ORDERS)
def test_words_stand_in_the_order_that_people_expect(words: list[str]) -> None:
    backwards = words[::-1]
    assert sorted(backwards, key=order_key) == words


def test_people_stand_by_surname_as_it_is_read() -> None:
    names = ["Anna", "陈志远", "区伟", "任静", "单伟", "王敏", "王伟", "曾国", "翟丽", "张三", "张一", "章二"]
    backwards = names[::-1]
    assert sorted(backwards, key=name_key) == names


def test_what_is_stored_is_short_and_begins_the_key() -> None:
    long = "信息技术服务管理体系" * 30
    assert len(stored_key(long)) == STORED_BYTES
    assert order_key(long).startswith(stored_key(long))


@given(st.text(), st.text())
def test_a_key_exists_for_every_text_and_the_beginning_of_a_text_comes_first(text: str, rest: str) -> None:
    assert order_key(text) <= order_key(text + "z" + rest) or not text.isprintable()
