"""The language to answer in."""

from fastapi import Request


def accepted_languages(request: Request) -> list[str]:
    """Return what the client prefers, best first (RFC 9110, 12.5.4); what it refuses is left out."""
    accepted = ",".join(request.headers.getlist("accept-language")).split(",")
    wishes = sorted((_wish(each) for each in accepted), key=lambda wish: -wish[1])
    return [name for name, weight in wishes if weight > 0]


def _wish(part: str) -> tuple[str, float]:
    name, _, weight = part.partition(";q=")
    try:
        return name.strip(), float(weight or 1)
    except ValueError:
        return name.strip(), 0.0
