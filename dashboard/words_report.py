"""What a report says, in English and in French."""

from __future__ import annotations

__all__ = ["REPORT_WORDS"]

#: Key: English, French. Values in braces are filled in.
REPORT_WORDS: dict[str, tuple[str, str]] = {
    "report_subtitle": ("{since} to {until}", "du {since} au {until}"),
    "report_in_short": ("In short", "En bref"),
    "report_defined": ("{description}", "Définition du sujet, en anglais : {description}"),
    "report_counted": (
        "{articles} on this topic in {sources}. The period is {state}.",
        "{articles} sur ce sujet dans {sources}. La période est {state}.",
    ),
    "report_nothing_known": (
        "How many articles there were on this topic is not known: no poll covers the period.",
        "On ne sait pas combien d’articles il y a eu sur ce sujet : aucun relevé ne couvre la période.",
    ),
    "report_undated_besides": (
        "Without a usable date, and so in no day and not among them: {articles}.",
        "Sans date utilisable, donc dans aucun jour et hors de ce compte : {articles}.",
    ),
    "report_covered": ("covered", "couverte"),
    "report_partial": ("covered in part, so this is a minimum", "couverte en partie : c’est un minimum"),
    "report_unknown": ("not known: no poll covers it", "inconnue : aucun relevé ne la couvre"),
    "report_is_covered": ("covered", "couvert"),
    "report_is_partial": ("in part: a minimum", "en partie : un minimum"),
    "report_is_unknown": ("unknown", "inconnu"),
    "report_compared": (
        "In as many days before, {first} to {last}, there were {before}. Coverage is clustered by story and day: a difference is no trend.",
        "Sur autant de jours auparavant, du {first} au {last}, il y en avait {before}. Les articles se groupent par événement : un écart n’est pas une tendance.",
    ),
    "report_not_compared": (
        "Not compared with the days before ({first} to {last}): one of the two periods was not wholly covered.",
        "Non comparé aux jours précédents (du {first} au {last}) : l’une des deux périodes n’a pas été entièrement couverte.",
    ),
    "report_movement": ("How coverage moved", "Comment la couverture a évolué"),
    "report_how_many": ("Articles on the topic, all sources", "Articles sur le sujet, toutes les sources"),
    "report_what_share": (
        "Share of the panel's output, each source weighing the same",
        "Part de la production du panel, à poids égal",
    ),
    "report_by_control": ("Articles, by the state that controls the source", "Articles, selon l’État qui contrôle la source"),
    "report_gap_legend": (
        "Hatched: days that polls did not wholly cover. Hollow points are minimums; where there is no point nothing is known, which is not zero.",
        "Hachuré : jours que les relevés n’ont pas entièrement couverts. Un point creux est un minimum ; sans point, rien n’est connu, ce qui n’est pas zéro.",
    ),
    "report_values_by_control": (
        "The same in numbers (≥: a minimum, since the days are not wholly covered; –: not known)",
        "Le même en nombres (≥ : un minimum, les jours n’étant pas entièrement couverts ; – : inconnu)",
    ),
    "report_values": ("The values", "Les valeurs"),
    "report_day": ("Day", "Jour"),
    "report_week": ("Week from", "Semaine du"),
    "report_month": ("Month from", "Mois du"),
    "report_articles": ("Articles", "Articles"),
    "report_state": ("What is known", "Ce qui est connu"),
    "report_share": ("Share of output", "Part de la production"),
    "report_undated": ("undated", "sans date"),
    "report_voices": ("Whose voice", "La part de chacun"),
    "report_voices_note": (
        "Shares of the panel's articles on the topic, on the days when every member was covered. An outlet that publishes more of everything has more of this, too: the last column says what it would be had each published equally much.",
        "Parts des articles du panel sur le sujet, les jours où chaque membre a été couvert. Qui publie plus de tout en a plus aussi : la dernière colonne dit ce qu’il en serait à production égale.",
    ),
    "report_voices_table": ("Shares of voice", "Parts de voix"),
    "report_source": ("Source", "Source"),
    "report_share_of_volume": ("Share of the panel's articles on the topic", "Part des articles du panel sur le sujet"),
    "report_share_equal": ("Share at equal output", "Part à production égale"),
    "report_no_shares": (
        "No shares: no source was covered on every day of the period, or none of the panel wrote of the topic.",
        "Pas de parts : aucune source n’a été couverte chaque jour, ou aucune du panel n’a traité le sujet.",
    ),
    "report_control": ("State media against independent ones", "Médias d’État face aux médias indépendants"),
    "report_controlled": (
        "Mean share of output: {share_of_output_state} of what state-controlled sources published, {share_of_output_independent} of what independent ones did; the difference is {difference} percentage points (95 % interval by day blocks: {difference_low} to {difference_high}), on {articles_state} and {articles_independent} articles.",
        "Part moyenne de la production : {share_of_output_state} de celle des sources contrôlées par un État, {share_of_output_independent} de celle des sources indépendantes ; l’écart est de {difference} points (intervalle à 95 % par blocs de jours : {difference_low} à {difference_high}), sur {articles_state} et {articles_independent} articles.",
    ),
    "report_no_control": (
        "Not compared: the panel has no covered days with sources of both kinds.",
        "Non comparé : le panel n’a pas de jours couverts avec des sources des deux sortes.",
    ),
    "report_edits": ("Headlines that were edited", "Titres modifiés"),
    "report_edits_table": ("{shown} of {total} edits", "{shown} modifications sur {total}"),
    "report_no_edits": ("No edit of a headline was seen.", "Aucune modification de titre n’a été vue."),
    "report_changed": ("Seen changed", "Vu modifié"),
    "report_before": ("Before", "Avant"),
    "report_after": ("After", "Après"),
    "report_articles_heading": ("Articles, and the words that counted", "Articles, et les mots qui ont compté"),
    "report_articles_note": (
        "{shown} of {total}: those with most evidence, each source in turn. Marked: the words on which the topic's rule fired.",
        "{shown} sur {total} : ceux qui ont le plus d’indices, chaque source à son tour. En relief : les mots sur lesquels la règle s’appuie.",
    ),
    "report_no_articles": ("None is known of in this period.", "Aucun n’est connu dans cette période."),
    "report_rule": ("rule: {rules}", "règle : {rules}"),
    "report_unknown_heading": ("What is not known", "Ce qui n’est pas connu"),
    "report_unknown_note": (
        "A feed shows a window of its latest entries. Between two polls without the entry that had arrived last, entries may have been lost (partial); before the first poll and after the last nothing is known.",
        "Un flux montre ses dernières entrées. Entre deux relevés sans l’entrée arrivée en dernier, des entrées ont pu se perdre (partiel) ; avant le premier relevé et après le dernier, rien n’est connu.",
    ),
    "report_days": ("Days of each source", "Jours de chaque source"),
    "report_method": ("How to read it", "Comment le lire"),
    "report_method_counts": (
        "Counts are of articles, not of entries: one article in three sections, polled forty times, is one. The first revision counts, so a later edit moves nothing.",
        "Les comptes sont d’articles, non d’entrées : un article dans trois rubriques, relevé quarante fois, compte une fois. La première version compte ; une correction ne change rien.",
    ),
    "report_method_coverage": (
        "What was published before a feed's first poll (backlog) is left out of trends unless the notes say otherwise.",
        "Ce qui a paru avant le premier relevé d’un flux reste hors des tendances, sauf mention contraire dans les notes.",
    ),
    "report_method_shares": (
        "Shares run over a fixed panel of sources, on the days when all of them were covered, each source weighing the same.",
        "Les parts portent sur un panel fixe de sources, les jours où toutes ont été couvertes, à poids égal.",
    ),
    "report_method_dates": (
        "Dates are the outlets' own; an article without a usable date is in no day, and never dated by when it was collected.",
        "Les dates sont celles des médias ; un article sans date utilisable n’est dans aucun jour, et jamais daté de sa collecte.",
    ),
    "report_method_errors": (
        "Figures are uncorrected matches: the rules miss articles and take wrong ones. How many was measured; see `docs/quality.md` and, for these articles, `vigie topics audit`.",
        "Les chiffres sont des correspondances non corrigées : les règles manquent des articles et en prennent à tort. Combien a été mesuré ; voir `docs/quality.md` et, pour ces articles, `vigie topics audit`.",
    ),
    "report_method_not_said": (
        "Tone, framing and intent are not in these figures. Attention and topic mix are.",
        "Le ton, le cadrage et l’intention ne sont pas dans ces chiffres. L’attention et le choix des sujets y sont.",
    ),
    "report_again_heading": ("To have each figure again", "Pour retrouver chaque chiffre"),
    "report_again": (
        "Commands, to be run with --data on the same data version",
        "Commandes, à lancer avec --data sur la même version des données",
    ),
    "report_command": ("Command", "Commande"),
    "report_data_version": ("data version", "version des données"),
    "report_topics_version": ("topics version", "version des sujets"),
    "report_made_at": ("made", "établi le"),
    "report_versions": ("Versions", "Versions"),
    "report_contents": ("Contents", "Sommaire"),
}
