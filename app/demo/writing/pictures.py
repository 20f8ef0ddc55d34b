"""Pictures like screenshots of a monitoring page; labels in Latin letters, which is all the built-in font has."""

import io
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from app.demo.writing.content import Content

WIDTH, HEIGHT = 1200, 640
LEFT, RIGHT, TOP, BOTTOM = 80, 1160, 110, 540
INK, GREY, RED = "#27323d", "#8a96a3", "#c0392b"
LINES = ("#2e6f9e", "#3d8b63", "#b7791f")
THRESHOLD = 85
MANY = 3
"""A chart with more values a line than this has a day on its axis; with fewer it compares actual and target."""


def picture(content: Content) -> bytes:
    """Return a PNG with the content's chart, or its first table where it has none, and a date stamp."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#f7f8fa")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 56), fill="#1f3a5f")
    draw.text(
        (24, 18), "Yunzhan monitoring" if content.chart else _latin(content.sections[0].heading), "white", _font(20)
    )
    stamp = f"exported {content.day.isoformat()} 08:00 +08:00"
    draw.text((WIDTH - 24, 20), stamp, "white", _font(16), anchor="ra")
    if not content.chart:
        _table(draw, content)
    elif len(content.chart[0][1]) > MANY:
        _daily(draw, content)
    else:
        _bars(draw, content)
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _daily(draw: ImageDraw.ImageDraw, content: Content) -> None:
    draw.text((LEFT, 74), f"Used capacity, daily peak, {content.month}", INK, _font(18))
    for mark in range(0, 101, 20):
        draw.line((LEFT, _y(mark), RIGHT, _y(mark)), "#d8dde4")
        draw.text((LEFT - 12, _y(mark)), f"{mark} %", GREY, _font(14), anchor="rm")
    draw.line((LEFT, _y(THRESHOLD), RIGHT, _y(THRESHOLD)), RED, 2)
    draw.text((RIGHT, _y(THRESHOLD) - 4), f"agreed threshold {THRESHOLD} %", RED, _font(14), anchor="rb")
    for number, (name, values) in enumerate(content.chart):
        step = (RIGHT - LEFT) / (len(values) - 1)
        points = [(LEFT + step * day, _y(value)) for day, value in enumerate(values)]
        for first, second in pairwise(points):
            draw.line((*first, *second), LINES[number % len(LINES)], 3)
        draw.rectangle((LEFT + 180 * number, 592, LEFT + 180 * number + 16, 608), fill=LINES[number % len(LINES)])
        draw.text((LEFT + 180 * number + 26, 600), f"{name}  max {max(values):.0f} %", INK, _font(16), anchor="lm")
    days = len(content.chart[0][1])
    for day in range(0, days, 3):
        draw.text((LEFT + (RIGHT - LEFT) / (days - 1) * day, BOTTOM + 12), str(day + 1), GREY, _font(14), anchor="ma")


def _bars(draw: ImageDraw.ImageDraw, content: Content) -> None:
    draw.text(
        (LEFT, 74), f"Availability by service against target, {content.month} (scale 99 to 100 %)", INK, _font(18)
    )
    height = (BOTTOM - TOP) / len(content.chart)
    for number, (name, (actual, target)) in enumerate(content.chart):
        top = TOP + height * number + 18
        draw.text((LEFT, top - 2), name, INK, _font(16))
        begin, whole = LEFT + 90, RIGHT - LEFT - 240
        draw.rectangle((begin, top, begin + whole, top + 26), fill="#e4e8ee")
        colour = LINES[1] if actual >= target else RED
        draw.rectangle((begin, top, begin + whole * max(0.0, actual - 99), top + 26), fill=colour)
        mark = begin + whole * (target - 99)
        draw.line((mark, top - 6, mark, top + 32), INK, 3)
        draw.text((RIGHT, top + 13), f"{actual:.3f} %", INK, _font(16), anchor="rm")
    draw.text((LEFT, 592), "black mark: agreed target; green: reached; red: missed", GREY, _font(14))


def _table(draw: ImageDraw.ImageDraw, content: Content) -> None:
    table = content.sections[0].table
    if table is None:
        return
    step = (RIGHT - LEFT) / len(table.head)
    for number, row in enumerate((table.head, *table.rows)):
        top = TOP + 56 * number
        draw.line((LEFT, top + 44, RIGHT, top + 44), "#d8dde4")
        for column, text in enumerate(row):
            draw.text((LEFT + step * column, top + 12), _latin(text), INK if number else GREY, _font(18))


def _y(value: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / 100


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _latin(text: str) -> str:
    return text.encode("ascii", "replace").decode()
