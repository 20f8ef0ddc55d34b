"""The verdict as a small picture (SVG) for a page or a README."""

from xml.sax.saxutils import escape, quoteattr

from app.checks.formats import Options, outlook, wording
from app.checks.formats.plain import one_line
from app.checks.formats.terminal import columns
from app.checks.report import Report
from app.language import say
from app.readiness.findings import Verdict

COLOURS = {
    Verdict.CANNOT_EVALUATE: "#5c5c5c",
    Verdict.NOT_READY: "#b3261e",
    Verdict.AT_RISK: "#8a5300",
    Verdict.READY: "#1f6b31",
}
"""Dark enough for white text: a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3); the word says the same."""
LABEL_COLOUR = "#3b3b3b"
HEIGHT, PADDING, SIZE = 20, 6, 11
COLUMN_WIDTH = 6.2
"""Pixels of a column at 11 pixels: an average for Latin letters, and half a Chinese character and a little more."""


def render(report: Report, language: str, _options: Options) -> str:
    """Return the badge; each text is fitted into the width computed for it, whatever font there is."""
    label = one_line(f"{outlook.standards(report)} {wording.STAGES[report.stage].in_(language)}")
    value = wording.VERDICTS[report.verdict].in_(language)
    title = one_line(say("{label}: {value}", label=label, value=value).in_(language))
    left, right = _width(label), _width(value)
    whole = left + right + 4 * PADDING
    split = left + 2 * PADDING
    fitted = 'y="14" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" role="img"'
        f' xml:lang="{language}" aria-label={quoteattr(title)}>\n'
        f"<title>{escape(title)}</title>\n"
        f'<clipPath id="r"><rect width="{whole}" height="{HEIGHT}" rx="3"/></clipPath>\n'
        '<g clip-path="url(#r)">'
        f'<rect width="{split}" height="{HEIGHT}" fill="{LABEL_COLOUR}"/>'
        f'<rect x="{split}" width="{whole - split}" height="{HEIGHT}" fill="{COLOURS[report.verdict]}"/></g>\n'
        f'<g fill="#fff" font-family="Verdana,\'Noto Sans SC\',\'Microsoft YaHei\',sans-serif" font-size="{SIZE}">'
        f'<text x="{PADDING}" textLength="{left}" {fitted}>{escape(label)}</text>'
        f'<text x="{split + PADDING}" textLength="{right}" {fitted}>{escape(value)}</text>'
        "</g>\n</svg>\n"
    )


def _width(text: str) -> int:
    return round(columns(text) * COLUMN_WIDTH)
