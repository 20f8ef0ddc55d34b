"""`auditready demo`: the sample organisation in a data folder, its two reports, and how to go on."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.cli.group import verb
from app.cli.where import Where
from app.errors import Conflict
from app.language import say

if TYPE_CHECKING:
    from app.runtime import Runtime


def demo(where: Where) -> None:
    """Make the sample unless it is there, then print how ready it is."""
    where.must_be_local()
    from app.cli.output import tell  # noqa: PLC0415 (slow to import, and the help needs none of it)
    from app.cli.stores import opened  # noqa: PLC0415
    from app.demo.company import REVIEWER, WRITER  # noqa: PLC0415
    from app.demo.load import load_sample  # noqa: PLC0415

    now = datetime.now(UTC)
    password = secrets.token_urlsafe(9)
    signs_in = say(
        "Sign in on the pages as {writer} or {reviewer}, password {password} (said only now)",
        password=password,
        writer=WRITER,
        reviewer=REVIEWER,
    )
    with opened(where, at=now) as runtime:
        try:
            load_sample(runtime, now=now, report=tell, language=where.language, password=password)
        except Conflict as there:
            tell(there.message.in_(where.language))
            signs_in = say(
                "Nobody knows the passwords any more? Set one: `auditready user password {writer}`", writer=WRITER
            )
        for stage in (1, 2):
            print(_report(where, runtime, stage, datetime.now(UTC)))
        folder = runtime.settings.data_folder
    where.tell(say("Look again: `auditready --data {folder} check --stage 2`", folder=folder))
    where.tell(say("Serve it: `auditready --data {folder} serve`", folder=folder))
    where.tell(signs_in)


def _report(where: Where, runtime: "Runtime", stage: int, now: datetime) -> str:
    from app.checks.formats import render  # noqa: PLC0415
    from app.checks.service import Question, check  # noqa: PLC0415
    from app.cli.stores import acting  # noqa: PLC0415
    from app.demo.company import FRAMEWORKS, PROGRAMME  # noqa: PLC0415
    from app.programmes.service import find_programme  # noqa: PLC0415

    actor = acting(where, runtime)
    with runtime.database.reading() as session:
        programme = find_programme(session, PROGRAMME, actor=actor)
        report = check(session, programme, Question(stage, frameworks=FRAMEWORKS[:1]), actor=actor, known_at=now)
    return render(report, "text", language=where.language)


command = verb(
    "demo",
    say("Make the sample organisation with its documents and evidence, and print how ready it is."),
    example="auditready demo --data data/demo",
)(demo)
