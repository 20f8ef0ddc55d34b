"""The server fuzzed from its own description: no 500, no hang, every refusal a problem that names the next step."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case
from schemathesis.core.result import Ok

from tests.server.running import Server, prepare, running

SECONDS = 20
"""No request may take longer; a hang fails the test."""
EXAMPLES = 12


@pytest.fixture
def fuzzed(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Server]:
    """A server on the database of this run."""
    with running(prepare(tmp_path_factory.mktemp("fuzzed"), database_url)) as server:
        yield server


@pytest.mark.server
def test_whatever_is_sent_the_answer_is_no_server_error(fuzzed: Server) -> None:
    schema = schemathesis.openapi.from_url(f"{fuzzed.address}/openapi.json", timeout=SECONDS)
    headers = {"Authorization": f"Bearer {fuzzed.prepared.token}"}
    tried = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        strategies = [operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode]

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=hypothesis.strategies.one_of(strategies))
        def answered(case: Case[Any]) -> None:
            _expect_an_answer(case, headers)

        answered()
        tried += 1
    assert tried > 40


def _expect_an_answer(case: Case[Any], headers: dict[str, str]) -> None:
    answer = case.call(headers=headers, timeout=SECONDS)
    told = f"{case.method} {case.path}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500, told
    if answer.status_code >= 400:
        assert answer.headers["content-type"][0].startswith("application/problem+json"), told
        problem = answer.json()
        assert problem["status"] == answer.status_code, told
        assert problem["detail"], told
        assert set(problem["details"]) == {"en", "zh"}, told
