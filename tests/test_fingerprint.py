"""Fingerprints: the same words give the same one, and the share of equal hashes tells how much two texts have in common."""

from __future__ import annotations

import random

import pytest

from vigie.fingerprint import BANDS, MIN_WORDS, fingerprint_texts, similarity

STORY = (
    "Le président français a reçu lundi son homologue russe au château de Versailles, où les deux hommes ont parlé plus de "
    "deux heures de la Syrie et de l’est de l’Ukraine. « Nous avons eu un échange extrêmement franc », a dit Emmanuel Macron "
    "devant la presse, avant de s’en prendre à deux médias russes qu’il accuse d’avoir été des organes d’influence "
    "pendant la campagne."
)


def made_up(words: int, seed: int = 1) -> str:
    """A text of words that no other seed's text has."""
    chosen = random.Random(seed)
    return " ".join(f"mot{seed}x{chosen.randrange(10**6)}" for _ in range(words))


def test_punctuation_case_accents_and_line_breaks_change_nothing() -> None:
    others = [
        STORY.replace("«\u202f", '"').replace("« ", '"').replace(" »", '"').replace("’", "'"),
        STORY.upper(),
        STORY.replace(". ", " —\n\n"),
        STORY.replace("président", "prési\u00addent").replace("heures", "heu\u200bres"),
    ]
    assert set(fingerprint_texts(others)) == set(fingerprint_texts([STORY]))


def test_russian_reads_the_same_with_and_without_its_dots() -> None:
    text = "Самолёт министра приземлился в Москве, и всё шло своим чередом, пока не зашёл разговор о выборах. " * 4
    assert fingerprint_texts([text]) == fingerprint_texts([text.replace("ё", "е")])


def test_a_text_under_forty_words_has_none() -> None:
    assert fingerprint_texts([made_up(MIN_WORDS - 1), "", "a " * 39 + "—" * 500]) == [(), (), ()]


def test_a_text_of_forty_words_has_a_hash_of_all_its_words_and_the_bands() -> None:
    [found] = fingerprint_texts([made_up(MIN_WORDS)])
    assert len(found) == 1 + BANDS
    assert all(0 <= number < 2**63 for number in found)


def test_a_text_has_the_same_fingerprint_in_whatever_company() -> None:
    texts = [made_up(20 + 13 * number, seed=number) for number in range(60)] + [STORY, "", made_up(9_000)]
    assert fingerprint_texts(texts) == [fingerprint_texts([text])[0] for text in texts]


def test_it_is_the_same_in_every_version_for_old_articles_must_meet_new_ones() -> None:
    [found] = fingerprint_texts([STORY])
    assert found[:3] == (389666394615110940, 3905280376981493964, 1025784900927369689)


def test_one_word_changed_is_another_text_though_most_hashes_are_equal() -> None:
    one, other = fingerprint_texts([made_up(400), made_up(400).replace(made_up(400).split()[200], "autre")])
    assert one[0] != other[0]
    assert similarity(one, other) > 0.95


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.5, 0.7, 0.9])
def test_equal_hashes_estimate_what_two_texts_have_in_common(shared: float) -> None:
    """Texts of 300 words with a share of them in common: of 298 runs of three words, 300 · share − 2."""
    common = int(300 * shared)
    errors = []
    for seed in range(1, 21):
        both = made_up(common, seed)
        one, other = fingerprint_texts([f"{both} {made_up(300 - common, s)}" for s in (seed + 100, seed + 200)])
        runs = max(0, common - 2)
        errors.append(similarity(one, other) - runs / (2 * 298 - runs))
    assert abs(sum(errors) / len(errors)) < 0.03  # no bias
    assert max(map(abs, errors)) < 0.2  # 72 hashes: a standard error of at most .06


def test_a_text_without_end_costs_no_more_than_its_first_200_000_characters() -> None:
    text = "слово за слово " * 100_000
    assert fingerprint_texts([text]) == fingerprint_texts([text[:200_000]])
