"""From a page's context to HTML: one environment of templates, strict about names, escaping everything."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from fastapi import Response
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from app.http.accepted import takes_gzip
from app.language import Message, Text, translate, word
from app.web import labels
from app.web.assets import FILES, address_of
from app.web.visits import Visit

LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
"""Parsed once: by name, Babel looks each one up anew for every day on a page."""
TONGUES = {"zh": "zh-CN", "en": "en"}
"""What `lang` of a page says (BCP 47)."""
UTC_ZONE = ZoneInfo("UTC")
WORTH_PACKING_BYTES, GZIP_LEVEL = 1000, 5


@dataclass(frozen=True, slots=True)
class Naming:
    """How one page words things: its language, and the time zone of its moments."""

    language: str
    zone: ZoneInfo = UTC_ZONE

    def say(self, part: object) -> str:
        """Return a text or message in the page's language; days and moments as people write them."""
        if isinstance(part, datetime):
            return format_datetime(part.astimezone(self.zone), "y-MM-dd HH:mm", locale=LOCALES[self.language])
        if isinstance(part, date):
            return format_date(part, "medium", locale=LOCALES[self.language])
        if isinstance(part, Message):
            return Message(part.text, {name: self._part(each) for name, each in part.parts.items()}).in_(self.language)
        return part.in_(self.language) if isinstance(part, Text) else word(part, self.language)

    def _part(self, part: object) -> object:
        if isinstance(part, tuple) and not isinstance(part, Text):
            return tuple(self.say(each) for each in part)
        return self.say(part) if isinstance(part, date | Message) else part


def render(
    visit: Visit,
    template: str,
    page: object,
    *,
    place: Any = None,  # noqa: ANN401 (app.web.places.Place, which stands on this module)
    status: int = HTTPStatus.OK,
) -> Response:
    """Return a page as HTML. Its template knows `visit`, `place` (the programme, or None) and `page`."""
    naming = Naming(visit.language, place.zone if place else UTC_ZONE)
    text = _environment().get_template(template).render(visit=visit, place=place, page=page, naming=naming)
    headers = {"Content-Language": TONGUES[visit.language], "Vary": "Accept-Encoding"}
    content = text.encode("utf-8", "replace")
    if len(content) > WORTH_PACKING_BYTES and takes_gzip(visit.request):
        content, headers["Content-Encoding"] = gzip.compress(content, GZIP_LEVEL), "gzip"
    return Response(content, status, headers, "text/html; charset=utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["_"] = _worded
    environment.globals["tongues"] = TONGUES
    environment.globals["done_words"] = labels.DONE
    environment.globals["static"] = {name: address_of(name) for name in FILES}
    environment.filters["say"] = _said
    for name in labels.TABLES:
        environment.filters[name] = _labelled(name)
    return environment


@pass_context
def _worded(context: Context, text: str, **parts: object) -> str:
    """Say a sentence of a template; the gettext tools collect it there."""
    naming: Naming = context["naming"]
    return naming.say(Message(text, parts)) if parts else translate(text, naming.language)


@pass_context
def _said(context: Context, part: object) -> str:
    naming: Naming = context["naming"]
    return naming.say(part)


def _labelled(table: str) -> Callable[[Context, object], str]:
    @pass_context
    def label(context: Context, value: object) -> str:
        naming: Naming = context["naming"]
        return naming.say(labels.label_of(table, str(value)))

    return label
