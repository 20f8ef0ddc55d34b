"""Numbers of bytes as people say them."""

from app.language import Message, say

STEP = 1024


def size_said(count: int) -> Message:
    """Return a number of bytes in words."""
    if count < STEP:
        return say("{count} bytes", count=count)
    size, unit = count / STEP, say("{size} KB")
    for larger in (say("{size} MB"), say("{size} GB")):
        if size >= STEP:
            size, unit = size / STEP, larger
    return Message(unit.text, {"size": f"{size:.1f}".removesuffix(".0")})
