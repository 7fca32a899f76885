"""The dashboard's script, which Streamlit runs for each visit: `vigie dashboard` starts it with the dataset's folder."""

from __future__ import annotations

import sys
from collections.abc import Callable

import streamlit as st

from vigie.dashboard import (
    page_articles,
    page_feeds,
    page_overview,
    page_quality,
    page_sources,
    page_sql,
    page_stories,
    page_trends,
)
from vigie.dashboard.escaping import plain
from vigie.dashboard.filters import choose_filters
from vigie.dashboard.look import Look
from vigie.dashboard.session import Visit, known_names, newest_version, told
from vigie.dashboard.tables import STYLE
from vigie.dashboard.url_state import UrlState
from vigie.errors import NoDataset
from vigie.locales import LANGUAGES

#: A lookout's eye; drawn here, since named icons of a tab come from the network.
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M2 16Q16 2 30 16Q16 30 2 16Z" fill="#0072B2"/>'
    '<circle cx="16" cy="16" r="6" fill="#fff"/><circle cx="16" cy="16" r="3" fill="#1b1b1b"/></svg>'
)
_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32" width="120" height="32">'
    '<path d="M2 16Q16 2 30 16Q16 30 2 16Z" fill="#0072B2"/><circle cx="16" cy="16" r="6" fill="#fff"/>'
    '<circle cx="16" cy="16" r="3" fill="#1b1b1b"/><text x="40" y="23" font-family="sans-serif" font-size="22"'
    ' font-weight="600" fill="INK">vigie</text></svg>'
)
#: Path in the address, icon, and what draws it; the names are words of the same keys.
PAGES: dict[str, tuple[str, Callable[[Visit], None]]] = {
    "overview": (":material/home:", page_overview.show),
    "trends": (":material/show_chart:", page_trends.show),
    "sources": (":material/newspaper:", page_sources.show),
    "stories": (":material/hub:", page_stories.show),
    "articles": (":material/article:", page_articles.show),
    "quality": (":material/verified:", page_quality.show),
    "feeds": (":material/rss_feed:", page_feeds.show),
    "sql": (":material/terminal:", page_sql.show),
}


#: The page that is shown where the address names none.
_FIRST = "overview"


def main(data: str) -> None:
    """Draw the page that the address names."""
    st.set_page_config(page_title="vigie", page_icon=_ICON, layout="wide")
    language = _language()
    look = Look(language, dark=st.context.theme.type == "dark")
    st.html(STYLE.replace("LINK", look.colours[0]))
    st.logo(_LOGO.replace("INK", look.ink), size="large")
    pages = {
        name: st.Page(
            _drawn(name, draw, data, look),
            title=look.say(f"page_{name}"),
            icon=icon,
            url_path=name if name != _FIRST else None,
            default=name == _FIRST,
        )
        for name, (icon, draw) in PAGES.items()
    }
    # Streamlit gives the first page no path but `/`: who writes its name as that of the others comes to it, too.
    named = st.Page(
        _drawn(_FIRST, PAGES[_FIRST][1], data, look), title=look.say(f"page_{_FIRST}"), url_path=_FIRST, visibility="hidden"
    )
    st.navigation([*pages.values(), named]).run()


def _language() -> str:
    """The language in the address, else the browser's where there are words in it."""
    asked = st.query_params.get("lang") or st.session_state.get("lang_kept")
    preferred = (st.context.locale or "en").split("-", maxsplit=1)[0]
    language = asked if asked in LANGUAGES else preferred if preferred in LANGUAGES else LANGUAGES[0]
    if asked:
        st.session_state["lang_kept"] = language
    return language


def _drawn(name: str, draw: Callable[[Visit], None], data: str, look: Look) -> Callable[[], None]:
    def page() -> None:
        url = UrlState(name, look)
        st.title(look.say(f"page_{name}"), anchor=False)
        with told(look):
            try:
                version = newest_version(data)
            except NoDataset:
                st.info(look.say("empty_data", folder=plain(data)), icon=":material/info:")
                return
            visit = Visit(data, version, known_names(data, version, look.language), look, url)
            choose_filters(visit)
            _choose_language(look)
            for complaint in dict.fromkeys(url.complaints):
                st.warning(plain(complaint), icon=":material/warning:")
            with told(look):
                draw(visit)

    page.__name__ = f"{name}_page"  # Streamlit tells pages without a path apart by it.
    return page


def _choose_language(look: Look) -> None:
    def keep() -> None:
        st.session_state["lang_kept"] = st.session_state["lang_choice"]
        st.query_params["lang"] = st.session_state["lang_choice"]

    st.session_state["lang_choice"] = look.language
    st.sidebar.segmented_control(
        "Language · Langue", LANGUAGES, key="lang_choice", format_func=str.upper, on_change=keep, label_visibility="collapsed"
    )
    # Screen readers choose their voice by it, and Streamlit writes `en`. `look.language` is one of LANGUAGES.
    st.sidebar.html(f"<i></i><script>document.documentElement.lang = '{look.language}'</script>", unsafe_allow_javascript=True)
    if st.session_state.get("lang_kept") and st.query_params.get("lang") != look.language:
        st.query_params["lang"] = look.language


if __name__ == "__main__":
    main(sys.argv[1])
