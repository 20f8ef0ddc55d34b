"""Words for verdicts, severities, statuses and codes, as every format says them."""

from app.language import Message, say
from app.readiness.findings import Severity, Verdict

VERDICTS = {
    Verdict.CANNOT_EVALUATE: say("cannot evaluate"),
    Verdict.NOT_READY: say("not ready"),
    Verdict.AT_RISK: say("at risk"),
    Verdict.READY: say("ready"),
}
SEVERITIES = {
    Severity.BLOCKING: say("blocking"),
    Severity.MAJOR: say("major"),
    Severity.AT_RISK: say("at risk"),
    Severity.OBSERVATION: say("observation"),
    Severity.TO_DO: say("to do"),
    Severity.INFO: say("info"),
}
MARKS = {
    Severity.BLOCKING: "✘",
    Severity.MAJOR: "✗",
    Severity.AT_RISK: "!",
    Severity.OBSERVATION: "-",
    Severity.TO_DO: "☐",
    Severity.INFO: "i",
}
"""One column wide in every terminal; always beside the word, never instead of it."""

STAGES = {1: say("stage 1"), 2: say("stage 2")}


def verdict_word(verdict: Verdict, language: str) -> str:
    """Return the verdict to stand out: in English in capitals, which Chinese has none of."""
    return VERDICTS[verdict].in_(language).upper()


def findings_counted(severity: Severity, count: int) -> Message:
    """Return "1 blocking finding", "12 observations"."""
    one, several = _COUNTED[severity]
    return Message(one if count == 1 else several, {"count": count})


_COUNTED = {
    severity: (one.text, several.text)
    for severity, one, several in (
        (Severity.BLOCKING, say("1 blocking finding"), say("{count} blocking findings")),
        (Severity.MAJOR, say("1 major finding"), say("{count} major findings")),
        (Severity.AT_RISK, say("1 finding at risk"), say("{count} findings at risk")),
        (Severity.OBSERVATION, say("1 observation"), say("{count} observations")),
        (Severity.TO_DO, say("1 thing to do"), say("{count} things to do")),
        (Severity.INFO, say("1 remark"), say("{count} remarks")),
    )
}


def in_days(days: int) -> Message:
    """Return how far a day is: "tomorrow", "in 177 days", "3 days ago"."""
    near = {0: say("today"), 1: say("tomorrow"), -1: say("yesterday")}
    if days in near:
        return near[days]
    return say("in {days} days", days=days) if days > 0 else say("{days} days ago", days=-days)
