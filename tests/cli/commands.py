"""Commands run in this process, as people type them."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app.cli.root import root

FRAMEWORK = """\
schema_version: 1
framework:
  id: house-rules
  version: "1.0.0"
  reference: House rules
  edition: 1
  published: "2026-01"
  coverage: full
  title_en: House rules
  title_zh: 内部规定
clauses:
  - number: "1"
    parent: null
    type: requirement
    title_en: Desk
    title_zh: 服务台
    summary_en: There is a desk with a policy.
    summary_zh: 设有服务台并制定方针。
    expectations:
      - {id: desk-policy, kind: policy, action: maintain, stage: 1, cadence: annual, max_age_days: 365,
         approval_required: true, required: true, name_en: Desk policy, name_zh: 服务台方针}
"""


class Cli:
    """Runs commands in this process on one data folder, or at the `place` that options name."""

    def __init__(self, folder: Path, *place: str) -> None:
        self.folder = folder
        self.place = place or ("--data", str(folder))

    def run(self, *arguments: str, code: int | None = 0, given: str | None = None) -> Result:
        """Run a command, which must end with `code` (None: any) and never with a traceback."""
        result = CliRunner().invoke(root, [*self.place, *arguments], given, prog_name="auditready")
        assert "Traceback" not in result.output
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert code in (None, result.exit_code), result.output
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def refused(self, *arguments: str, code: int = 1) -> str:
        """Run a command that is refused and return its sentence."""
        result = self.run(*arguments, code=code)
        assert result.stdout == "", "messages belong on standard error"
        assert len(result.stderr.strip().splitlines()) == 1, "one sentence"
        return result.stderr.strip()

    def approve_policy(self, file: Path) -> None:
        """Put the document that `FRAMEWORK` asks for in force."""
        words = ("--title", "方针", "--level", "L1", "--kind", "policy", "--expectation", "desk-policy")
        self.run("document", "add", "P-1", *words, "--owner", "wang.min")
        self.run("document", "revise", "P-1", str(file), "--as", "wang.min")
        self.run("document", "submit", "P-1")
        self.run("document", "approve", "P-1", "--as", "li.na")
