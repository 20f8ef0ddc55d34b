"""The language to answer in."""

from fastapi import Request

from app.http.accepted import weighed


def accepted_languages(request: Request) -> list[str]:
    """Return what the client prefers, best first (RFC 9110, 12.5.4); what it refuses is left out."""
    return [name for name, weight in weighed(request.headers.getlist("accept-language")).items() if weight > 0]
