"""The server fuzzed from its own description: no 500, no hang, every refusal a problem that names the next step."""

from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.server.running import Server, prepare, running

SECONDS = 20
"""No request may take longer; a hang fails the test."""


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server for all operations, on the database of this run."""
    template = request.getfixturevalue("template")
    with template.copied() as url, running(prepare(tmp_path_factory.mktemp("fuzzed"), url)) as server:
        yield server


@pytest.fixture(scope="module")
def description(fuzzed: Server) -> OpenApiSchema:
    """What the server says of itself."""
    schema: OpenApiSchema = schemathesis.openapi.from_url(f"{fuzzed.address}/openapi.json", timeout=SECONDS)
    return schema


schema = schemathesis.pytest.from_fixture("description")


@pytest.mark.server
@schema.parametrize()
@hypothesis.settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_the_answer_is_no_server_error(case: schemathesis.Case, fuzzed: Server) -> None:
    answer = case.call(headers={"Authorization": f"Bearer {fuzzed.prepared.token}"}, timeout=SECONDS)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"][0].startswith("application/problem+json"), answer.text
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["detail"]
        assert set(problem["details"]) == {"en", "zh"}
