"""Folding for comparison, and the way back to the stored characters."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.matching import normalise as module
from vigie.matching.normalise import fold, normalise, steady_characters

# Letters of the five languages, and what typography, copying and careless typing put between them.
awkward = st.text(
    alphabet=st.sampled_from("aéÉßẞ Ёё’'«»„“—-…  \u00a0\u202f\u00ad\u200b\u0301\u0308\u0306\nİǅﬁ①Щїґ\ud800\0\t"), max_size=30
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’Élysée", "l'élysée"),
        ("Ёлка", "елка"),
        ("«ТАСС»", '"тасс"'),
        ("Вер\u00adсаль", "версаль"),
        ("Royaume\u00a0Uni", "royaume uni"),
        ("RIA\u202fNovosti", "ria novosti"),
        ("franco-russe", "franco russe"),
        ("franco–russe", "franco russe"),
        ("STRASSE", "straße"),
        ("Макро́н", "макрон"),
        ("и\u0306", "й"),
        ("E\u0301lyse\u0301e", "élysée"),
        ("п’ять", "п'ять"),
        ("ﬁn  de", "fin de"),
    ],
)
def test_spellings_of_one_word_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_line_break_is_no_space() -> None:
    assert fold("RIA\nNovosti") != fold("RIA Novosti")


def test_the_characters_that_take_the_quick_way_fold_as_they_would_the_slow_way() -> None:
    frequent = dict(module._FREQUENT)
    for code in range(sys.maxunicode + 1):
        character = frequent.get(chr(code), chr(code))
        if not module._UNUSUAL.search(character):
            slowly = module._fold_cluster(character, str.casefold)
            assert slowly == character.lower().replace("-", " "), unicodedata.name(character, hex(code))
            assert len(slowly) == 1


def test_steady_characters_fold_among_others_as_they_do_alone() -> None:
    for character, folded in steady_characters():
        between = normalise(f"a{character}b")
        assert between.text == f"a{folded}b".replace("-", " "), hex(ord(character))
        assert between.raw_span(1, 2) == (1, 2)


@given(st.one_of(st.text(), awkward))
def test_any_stretch_of_the_folded_text_leads_back_to_stored_characters(text: str) -> None:
    folded = normalise(text)
    for start in range(len(folded.text)):
        for end in range(start + 1, min(len(folded.text), start + 6) + 1):
            first, last = folded.raw_span(start, end)
            assert 0 <= first < last <= len(text)


@given(st.one_of(st.text(max_size=20), awkward), st.one_of(st.text(max_size=20), awkward))
def test_a_word_is_found_where_it_stands_whatever_surrounds_it(before: str, after: str) -> None:
    text = f"{before} Версаль\u00adский {after}"
    folded = normalise(text)
    at = folded.text.index("версальский")
    first, last = folded.raw_span(at, at + len("версальский"))
    assert fold(text[first:last]) == "версальский"
