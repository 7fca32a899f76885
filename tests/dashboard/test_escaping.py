"""What strangers wrote becomes text, whatever it looks like."""

from __future__ import annotations

import re
import socket

import pytest

from vigie.cli.app import run
from vigie.dashboard.escaping import escape, highlighted, outer_link, plain, web_address
from vigie.dashboard.look import Look
from vigie.dashboard.tables import html_table


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//x.example",
        "file:///etc",
        "",
        None,
        "http:",
        "http://[x",
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert web_address(url) is None
    assert outer_link(url, "<b>words</b>") == "&lt;b&gt;words&lt;/b&gt;"


def test_link_cannot_leave_its_attribute() -> None:
    link = outer_link('https://x.example/"onmouseover="alert(1)', "words")
    assert 'href="https://x.example/&quot;onmouseover=&quot;alert(1)"' in link
    assert "noopener" in link


def test_evidence_is_marked_where_it_stands_and_the_rest_is_escaped() -> None:
    text = "<b>Putin</b> & Путин 🙂 Macron"
    start = text.index("Путин")
    marked = highlighted(text, [(start, start + 5), (start + 3, start + 7), (0, 3), (90, 99)])
    assert marked == "<mark>&lt;b&gt;</mark>Putin&lt;/b&gt; &amp; <mark>Путин 🙂</mark> Macron"


def test_table_escapes_headings_cells_and_caption() -> None:
    html = html_table([{"x": "<script>1</script>"}], {"x": "<i>"}, Look(), caption='"<b>')
    assert "<script" not in html
    assert "<i>" not in html
    assert 'aria-label="&quot;&lt;b&gt;"' in html


def test_numbers_of_a_column_have_as_many_decimals_and_little_is_not_nothing() -> None:
    rows = [{"hours": hours, "articles": 1200.0} for hours in (0, 1.5, 2, 0.0004)]
    html = html_table(rows, {"hours": "Hours", "articles": "Articles"}, Look(), caption="")
    assert re.findall(r'<td class="number">([^<]*)</td>', html)[::2] == ["0.00", "1.50", "2.00", "&lt; 0.01"]
    assert "1,200<" in html


def test_markdown_reads_nothing_into_a_title() -> None:
    assert plain("![x](https://spy.example)") == "\\!\\[x\\]\\(https\\://spy.example\\)"
    assert escape("'\"<>&") == "&#x27;&quot;&lt;&gt;&amp;"


def test_port_in_use_is_one_line_with_the_remedy(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            run(["dashboard", "--data", str(tmp_path), "--port", str(port)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"--port {port}: is in use" in said
    assert f"--port {port + 1}" in said
    assert "Traceback" not in said
