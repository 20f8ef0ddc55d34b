"""The report in the READMEs, made by the command's own code: `python -m tests.readme` writes it anew."""

import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.checks.formats import render
from app.checks.report import Report
from app.checks.service import Question, check
from app.demo.load import load_sample
from app.identity.actor import local_operator
from app.programmes.service import find_programme
from app.runtime import open_runtime
from app.settings import Settings

ROOT = Path(__file__).parent.parent
MOMENT = datetime(2026, 11, 24, 8, tzinfo=UTC)
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh.md"}


def sample_report(folder: Path) -> Report:
    """Return the stage 2 report on the sample of the day that the READMEs name."""
    actor = local_operator("readme")
    with open_runtime(Settings.load(data_folder=folder), at=MOMENT) as runtime:
        load_sample(runtime, now=MOMENT, report=lambda _: None)
        with runtime.database.reading() as session:
            programme = find_programme(session, "itsm", actor=actor)
            question = Question(2, frameworks=("iso20000-1-2018",))
            return check(session, programme, question, actor=actor, known_at=MOMENT)


def with_report(text: str, report: Report, language: str) -> str:
    """Return a README with the report between its marks."""
    block = f"<!-- report:{language} -->\n```text\n{render(report, 'text', language=language).rstrip()}\n```\n"
    found, count = re.subn(
        rf"<!-- report:{language} -->\n.*?(?=<!-- /report -->)", lambda _: block, text, flags=re.DOTALL
    )
    if count != 1:
        raise LookupError(language)
    return found


def main() -> None:
    """Write the report into both READMEs."""
    with TemporaryDirectory() as folder:
        report = sample_report(Path(folder))
    for language, path in READMES.items():
        path.write_text(with_report(path.read_text(), report, language))


if __name__ == "__main__":
    main()
