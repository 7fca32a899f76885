"""Charts and answers as files that leave the house: each says what was asked, of which data, and when."""

from __future__ import annotations

import json
import struct
import textwrap
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import altair as alt

from vigie.dashboard.look import Look
from vigie.queries import Answer
from vigie.queries.files import meta_of, to_csv
from vigie.queries.sentences import Sentences
from vigie.version import VERSION

__all__ = ["caption", "provenance", "to_commented_csv", "to_png", "to_svg"]

_WIDTH = 960
#: Of a name beside an axis, pixels.
_WIDEST_NAME = 480
#: Characters of a caption's line.
_LINE = 150
#: Names of a list that a caption writes out.
_NAMED = 6


def provenance(answers: Answer | list[Answer], made_at: datetime) -> dict[str, str]:
    """What a file says of itself: the question, what it was asked with, versions and time, and the notes.

    Args:
        answers: The answer, or several to the same question that one chart shows.
        made_at: When the file was made, aware UTC.
    """
    every = answers if isinstance(answers, list) else [answers]
    metas = [meta_of(answer) for answer in every]
    notes = list(dict.fromkeys(note for answer in every for note in answer.notes))
    said = {
        "query": metas[0]["query"],
        "title": metas[0]["title"],
        "parameters": json.dumps(metas[0]["parameters"], ensure_ascii=False),
        **{
            f"parameters {place}": json.dumps(meta["parameters"], ensure_ascii=False) for place, meta in enumerate(metas[1:], 2)
        },
        "data version": metas[0]["data_version"],
        "vigie": VERSION,
        "made at": made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{f"note {place}": note for place, note in enumerate(notes, 1)},
    }
    return {key: value for key, value in said.items() if value}


def to_commented_csv(answers: Answer | list[Answer], made_at: datetime) -> bytes:
    """All rows as CSV (UTF-8) under lines `# key: value` that say what they are; several answers follow one another."""
    every = answers if isinstance(answers, list) else [answers]
    first = to_csv(every[0], comments=provenance(every, made_at))
    rest = [
        to_csv(answer, comments={"of": json.dumps(meta_of(answer)["parameters"], ensure_ascii=False)}) for answer in every[1:]
    ]
    return "".join([first, *rest]).encode()


def to_svg(chart: alt.LayerChart, look: Look, *, title: str = "", caption: str = "", width: int = _WIDTH) -> str:
    """The chart as SVG, drawn here, without a browser and without the network."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(_on_paper(chart, look, title, caption, width))
    return svg


def to_png(
    chart: alt.LayerChart,
    answers: Answer | list[Answer],
    look: Look,
    *,
    title: str,
    made_at: datetime,
    legend: str = "",
    width: int = _WIDTH,
) -> bytes:
    """The chart as PNG with its caption; :func:`provenance` is in the image's text chunks too.

    Args:
        chart: The chart.
        answers: What it shows.
        look: The one it was drawn with.
        title: What stands above it.
        made_at: When it was made, aware UTC.
        legend: What its marks mean; it stands under the title, too.
        width: Of the plot, pixels at a scale of 1; the image has twice as many.
    """
    import vl_convert

    said = provenance(answers, made_at)
    words = "\n".join([*textwrap.wrap(legend, _LINE), caption(answers, look, said)])
    png: bytes = vl_convert.vegalite_to_png(_on_paper(chart, look, title, words, width), scale=2)
    return _with_texts(png, {"Title": title, "Software": f"vigie {VERSION}", **said})


def caption(answers: Answer | list[Answer], look: Look, said: Mapping[str, str]) -> str:
    """What stands under an image's title: what was asked, as it is typed, of which data, and when (UTC).

    Args:
        answers: What the image shows.
        look: Of the image.
        said: What :func:`provenance` says of them.
    """
    every = answers if isinstance(answers, list) else [answers]
    lines = []
    for answer in every:
        given = [
            f"{key}={_short(value, look)}" for key, value in meta_of(answer)["parameters"].items() if value not in (None, False)
        ]
        lines += textwrap.wrap(f"{answer.name}: {', '.join(given)}", _LINE)
    lines.append(look.say("file_made", version=said["data version"], vigie=VERSION, at=said["made at"]))
    return "\n".join(lines)


def _short(value: Any, look: Look) -> str:
    if isinstance(value, list):
        named, more = " ".join(str(item) for item in value[:_NAMED]), len(value) - _NAMED
        return f"[{Sentences(look.language).say('and_more', names=named, number=more) if more > 0 else named}]"
    return str(value)


def _on_paper(chart: alt.LayerChart, look: Look, title: str, caption: str, width: int) -> dict[str, Any]:
    heading = alt.TitleParams(
        text=title, subtitle=caption.split("\n") if caption else [], subtitleFontSize=10, subtitlePadding=6
    )
    spec: dict[str, Any] = chart.properties(width=width, background=look.page, title=heading).to_dict()
    sides = dict.fromkeys(("left", "top", "right", "bottom"), 20)
    # A chart that asks for room at a side has it on paper too.
    spec["padding"] = {side: max(room, spec.get("padding", {}).get(side, 0)) for side, room in sides.items()}
    _whole_names(spec)
    return spec


def _whole_names(part: Any) -> None:
    """Let names be as long as they are: paper has room, and here Cyrillic is taken for wider than it is."""
    if isinstance(part, dict):
        if "labelLimit" in part:
            part["labelLimit"] = _WIDEST_NAME
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            _whole_names(inner)


def _with_texts(png: bytes, texts: Mapping[str, str]) -> bytes:
    """The image with international text chunks (PNG specification, 11.3.3.4) after its header."""
    head = 8 + 25  # signature and IHDR
    chunks = b"".join(_chunk(key, value) for key, value in texts.items())
    return png[:head] + chunks + png[head:]


def _chunk(key: str, value: str) -> bytes:
    body = b"iTXt" + key.encode("latin-1")[:79] + b"\0\0\0\0\0" + value.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
