"""The report as JSON, every sentence in both languages: what `--baseline` and a snapshot hold."""

import json
from dataclasses import asdict

from app.checks.formats import Options
from app.checks.report import Report
from app.checks.snapshots import compare, report_body


def render(report: Report, _language: str, options: Options) -> str:
    """Return the report's body; with a baseline, `comparison` has what is new, closed and worsened since."""
    body = report_body(report)
    if options.baseline is not None:
        body["comparison"] = asdict(compare(options.baseline, body))
    return json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
