"""What the pages say, in English and in French."""

from __future__ import annotations

__all__ = ["PAGE_WORDS"]

#: Key: English, French. Values in braces are filled in.
PAGE_WORDS: dict[str, tuple[str, str]] = {
    "page_overview": ("Overview", "Vue d’ensemble"),
    "page_trends": ("Trends", "Tendances"),
    "page_sources": ("Sources", "Sources"),
    "page_stories": ("Stories", "Récits"),
    "page_articles": ("Articles", "Articles"),
    "page_quality": ("Quality", "Qualité"),
    "page_feeds": ("Feeds", "Flux"),
    "page_sql": ("SQL", "SQL"),
    # Filters.
    "all_articles": ("All articles", "Tous les articles"),
    "all_sources": ("All sources", "Toutes les sources"),
    "sources": ("Sources", "Sources"),
    "since": ("From", "Du"),
    "until": ("To", "Au"),
    "more_filters": ("More filters", "Autres filtres"),
    "scope": ("Evidence counts", "Les preuves comptent"),
    "scope_lead": ("in title and first 25 words", "dans le titre et les 25 premiers mots"),
    "scope_all": ("anywhere in the text", "dans tout le texte"),
    "panel": ("Panel of shares", "Panel des parts"),
    "panel_default": ("Sources covered every day", "Sources couvertes chaque jour"),
    "panel_help": (
        "The sources that shares run over; `vigie sources panels` says what each panel is for.",
        "Les sources sur lesquelles courent les parts ; `vigie sources panels` dit à quoi sert chaque panel.",
    ),
    "panel_elsewhere": (
        "The panel {panel} is of sources that this data does not know ({missing}); shares run over the usual panel instead.",
        "Le panel {panel} compte des sources que ces données ne connaissent pas ({missing}) ; les parts courent sur le panel habituel.",
    ),
    "panel_in_part": (
        "Members of the panel {panel} that this data does not have: {missing}. Shares run over the others.",
        "Membres du panel {panel} que ces données n’ont pas : {missing}. Les parts courent sur les autres.",
    ),
    "as_of": ("As known on", "Tel que connu le"),
    "as_of_help": (
        "Only what had been collected by the end of this day counts; topics and sources are those of now.",
        "Seul compte ce qui avait été collecté à la fin de ce jour ; sujets et sources sont ceux d’aujourd’hui.",
    ),
    "zone": ("Time zone of days", "Fuseau des jours"),
    "backlog": ("Count the backlog", "Compter l’arriéré"),
    "backlog_help": (
        "Articles published before their feed's first poll; what else was published then is not known.",
        "Articles publiés avant le premier relevé de leur flux ; ce qui a paru d’autre n’est pas connu.",
    ),
    "overrides": ("Apply coders' decisions", "Appliquer les décisions des codeurs"),
    "overrides_help": ("As `vigie topics override` loaded them.", "Telles que `vigie topics override` les a chargées."),
    "view": ("View", "Vue"),
    # What is wrong, and the remedy.
    "no_such": (
        "The address asks for the {what} “{value}”, which this data does not have, so it is left out; {nearest}",
        "L’adresse demande « {value} » ({what}), que ces données n’ont pas : c’est laissé de côté ; {nearest}",
    ),
    "bad_day": (
        "The address gives “{value}” as {name}, which is no day; write it as 2017-05-29. It is left out.",
        "L’adresse donne « {value} » pour {name}, qui n’est pas un jour ; écrire 2017-05-29. C’est laissé de côté.",
    ),
    "wrong_way": (
        "The dates are the wrong way round: {since} lies after {until}. Swap them; until then the usual period is shown.",
        "Les dates sont inversées : {since} est après {until}. À échanger ; d’ici là, la période habituelle est montrée.",
    ),
    "error_in_english": ("", "Message du programme, en anglais : "),
    "unreadable": (
        "The data cannot be read; see whether its files are whole, and load the page again.",
        "Les données ne peuvent être lues ; vérifier que les fichiers sont entiers, puis recharger la page.",
    ),
    "empty_data": (
        "There is no dataset in {folder} yet. Run `vigie ingest` (or `vigie demo`) for this folder, then load this page again: it needs no restart.",
        "Il n’y a pas encore de données dans {folder}. Lancer `vigie ingest` (ou `vigie demo`) pour ce dossier, puis recharger cette page : pas besoin de redémarrer.",
    ),
    "nothing_drawn": (
        "There is nothing to draw in this period; the notes say what is known of it.",
        "Il n’y a rien à tracer dans cette période ; les notes disent ce qu’on en sait.",
    ),
    "nothing_here": ("There is nothing of this in the period.", "Il n’y a rien de tel dans la période."),
    # Figures.
    "as_table": ("The same as a table", "Le même en tableau"),
    "notes": (
        "What these figures rest on, and what is not known ({number} notes)",
        "Ce sur quoi reposent ces chiffres, et ce qu’on ignore ({number} notes)",
    ),
    "version": ("Data version {version}", "Version des données {version}"),
    "csv_help": (
        "The rows, with query, filters, data version and time.",
        "Les lignes, avec la question, les filtres, la version des données et l’heure.",
    ),
    "png_help": (
        "The chart, with query, filters, data version and time.",
        "Le graphique, avec la question, les filtres, la version des données et l’heure.",
    ),
    "more_rows": (
        "{number} more are not listed here; the CSV has them all.",
        "{number} autres ne sont pas listés ici ; le CSV les a tous.",
    ),
    "undated": ("undated", "sans date"),
    "yes": ("yes", "oui"),
    "no": ("no", "non"),
    "days_legend": (
        "A full box is a covered day, half a box one seen in part, an outline one that no poll covers.",
        "Case pleine : jour couvert ; demi-case : vu en partie ; contour seul : aucun relevé ne le couvre.",
    ),
    "latest_days": (
        "The latest {days} days; choose a period for others.",
        "Les {days} derniers jours ; choisir une période pour les autres.",
    ),
    "without_gaps": (
        "{number} more sources were covered on every day; among so many, only those with gaps are drawn.",
        "{number} autres sources ont été couvertes tous les jours ; parmi tant de sources, seules celles qui ont des lacunes"
        " sont dessinées.",
    ),
    "too_many_days": (
        "These are too many days and sources to draw: choose a shorter period, or fewer sources. The CSV has them all.",
        "Trop de jours et de sources pour un dessin : choisir une période plus courte, ou moins de sources. Le CSV les a tous.",
    ),
    # Overview.
    "latest_day": ("Known up to", "Connu jusqu’au"),
    "latest_day_help": (
        "The last day on which at least half of the sources were covered.",
        "Le dernier jour où au moins la moitié des sources ont été couvertes.",
    ),
    "articles_of_week": ("Articles in {days} days", "Articles en {days} jours"),
    "since_until": (
        "{since} to {until}; a minimum where days are not covered.",
        "Du {since} au {until} ; un minimum là où des jours ne sont pas couverts.",
    ),
    "covered_days_help": (
        "Each source on each day; the others are partial or unknown.",
        "Chaque source chaque jour ; les autres sont partiels ou inconnus.",
    ),
    "moved": ("What moved, {since} to {until}", "Ce qui a bougé, du {since} au {until}"),
    "moved_legend": (
        "Share of the panel's output in this period (full) and in as many days before (hollow). No test is made: spikes say what is more than chance.",
        "Part de la production du panel dans cette période (plein) et dans autant de jours avant (creux). Sans test : les pics disent ce qui dépasse le hasard.",
    ),
    "to_trend": ("Trend of {topic}", "Tendance de {topic}"),
    "before": ("before", "avant"),
    "now": ("now", "maintenant"),
    "spikes": ("Spikes", "Pics"),
    "no_spikes": (
        "No spike among {judged} topic-days. {unjudged} could not be judged: a spike needs 8 weeks of covered days before it, and is not called within 28 days of a feed's first poll.",
        "Aucun pic parmi {judged} jours-sujets. {unjudged} n’ont pu être jugés : un pic demande 8 semaines de jours couverts avant lui, et n’est pas déclaré dans les 28 jours du premier relevé d’un flux.",
    ),
    "spikes_unjudged": (
        "Whether there was a spike is not known: none of {unjudged} topic-days could be judged. A spike needs 8 weeks of covered days before it, and is not called within 28 days of a feed's first poll.",
        "On ne sait pas s’il y a eu un pic : aucun des {unjudged} jours-sujets n’a pu être jugé. Un pic demande 8 semaines de jours couverts avant lui, et n’est pas déclaré dans les 28 jours du premier relevé d’un flux.",
    ),
    "gaps": ("Which days are known", "Quels jours sont connus"),
    # Trends.
    "compare": ("Compare with", "Comparer avec"),
    "compare_none": ("other topics", "d’autres sujets"),
    "measure": ("Measure", "Mesure"),
    "step": ("Step", "Pas"),
    "split": ("Split by", "Séparer par"),
    "split_none": ("nothing", "rien"),
    "split_language": ("language", "langue"),
    "split_country": ("country", "pays"),
    "split_control": ("controlling state", "État qui contrôle"),
    "split_source": ("source", "source"),
    "share_needs_topic": (
        "A share is of a topic: choose one at the left.",
        "Une part est celle d’un sujet : en choisir un à gauche.",
    ),
    "click_a_point": (
        "Click a point for its articles; with a keyboard, follow a number in the table.",
        "Cliquer un point pour ses articles ; au clavier, suivre un nombre du tableau.",
    ),
    "articles_of_what": ("Articles: {what}", "Articles : {what}"),
    "of_class_state": ("state media ({number})", "médias d’État ({number})"),
    "of_class_independent": ("independent media ({number})", "médias indépendants ({number})"),
    "of_days": ("Articles of these days ({number})", "Articles de ces jours ({number})"),
    "figure_is": ("Figure", "Chiffre"),
    "articles_of": ("Articles of {when}{what}", "Articles du {when}{what}"),
    "more_views": ("More about the period", "Sur la période aussi"),
    "view_event": ("Before and after an event", "Avant et après un événement"),
    "view_together": ("Topics found together", "Sujets trouvés ensemble"),
    "view_words": ("Rising words", "Mots en hausse"),
    "event": ("Day of the event", "Jour de l’événement"),
    "days_before": ("Days before", "Jours avant"),
    "days_after": ("Days from then on", "Jours à partir de là"),
    "event_needed": (
        "Name the day of the event and the windows before looking at the figure.",
        "Nommer le jour de l’événement et les fenêtres avant de regarder le chiffre.",
    ),
    "difference": (
        "Change against the other sources (difference of log shares)",
        "Changement par rapport aux autres (différence des log-parts)",
    ),
    "event_legend": (
        "Points right of the line: more of the topic after the event than the other sources had. Whiskers: 95 % interval, block bootstrap by day.",
        "Points à droite de la ligne : plus du sujet après l’événement que les autres sources. Barres : intervalle à 95 %, bootstrap par jours.",
    ),
    "before_event": ("{source}, before the event", "{source}, avant l’événement"),
    "after_event": ("{source}, from the event on", "{source}, à partir de l’événement"),
    "both_topics": ("Articles on both topics", "Articles sur les deux sujets"),
    "other_topic": ("And", "Et"),
    # Sources.
    "view_voice": ("Share of voice", "Part de voix"),
    "view_against": ("State against independent", "État face aux indépendants"),
    "view_lead": ("Who was first", "Qui fut premier"),
    "view_mix": ("Topic mix", "Répartition des sujets"),
    "view_citations": ("Who cites state media", "Qui cite les médias d’État"),
    "view_listing": ("All sources", "Toutes les sources"),
    "voice_of": ("Share of voice: {topic}", "Part de voix : {topic}"),
    "voice_legend": (
        "Each source's part of the panel's articles, on days when the whole panel was covered.",
        "Part de chaque source dans les articles du panel, les jours où tout le panel était couvert.",
    ),
    "to_articles": ("Articles of {source}", "Articles de {source}"),
    "listing_of": ("All sources: {topic}", "Toutes les sources : {topic}"),
    "against_of": ("State against independent media: {topic}", "Médias d’État face aux indépendants : {topic}"),
    "difference_state": ("State − independent", "État − indépendants"),
    "difference_of_shares": ("Difference of shares of output", "Différence des parts de production"),
    "against_legend": (
        "Right of the line: state-controlled sources give the topic a larger part of their output. Whisker: 95 % interval, block bootstrap by day.",
        "À droite de la ligne : les sources contrôlées par un État donnent au sujet une plus grande part. Barre : intervalle à 95 %, bootstrap par jours.",
    ),
    "lead_of": ("First seen in this panel: {topic}", "Première parution dans ce panel : {topic}"),
    "lead_legend": (
        "Hours after the first in this panel; differences below the resolution of dates and polls are ties.",
        "Heures après le premier de ce panel ; les écarts sous la résolution des dates et des relevés sont des égalités.",
    ),
    "hours_behind": ("Hours after the first", "Heures après le premier"),
    "click_a_bar": (
        "Click a bar for its articles; with a keyboard, follow a number in the table.",
        "Cliquer une barre pour ses articles ; au clavier, suivre un nombre du tableau.",
    ),
    "click_a_box": (
        "Click a box for its articles; with a keyboard, follow a number in the table.",
        "Cliquer une case pour ses articles ; au clavier, suivre un nombre du tableau.",
    ),
    "mix_legend": (
        "Share of each source's own output; an article may be on several topics.",
        "Part de la production de chaque source ; un article peut être sur plusieurs sujets.",
    ),
    "on_none": ("on none", "aucun sujet"),
    # Stories.
    "story": ("Story (sources that printed it)", "Récit (sources qui l’ont imprimé)"),
    "spread": ("How it spread", "Comment il s’est répandu"),
    "spread_legend": (
        "Each source at the time it was first seen with a near-identical text. Texts under 40 words cannot be compared, so all counts are minimums.",
        "Chaque source à l’heure où un texte presque identique y a d’abord été vu. Les textes de moins de 40 mots ne peuvent être comparés : ce sont des minimums.",
    ),
    "clusters": ("Texts that several sources printed", "Textes imprimés par plusieurs sources"),
    "edits": ("Headlines that were changed", "Titres modifiés"),
    "edits_legend": (
        "Follow the new headline to the article and its evidence.",
        "Suivre le nouveau titre vers l’article et ses preuves.",
    ),
    # Feeds.
    "health": ("Feeds that need somebody: {ill} of {feeds}", "Flux qui demandent attention : {ill} sur {feeds}"),
    # Articles.
    "search": ("Search title and text", "Chercher dans le titre et le texte"),
    "search_hint": ("words as they stand in the text", "mots tels qu’ils sont dans le texte"),
    "only": ("Only", "Seulement"),
    "only_help": (
        "Conditions, all of which must hold: language:fr|de country:RU control:RU independence:private date_quality:ok state:covered in_share:yes dated:yes, or nothing.",
        "Conditions, toutes requises : language:fr|de country:RU control:RU independence:private date_quality:ok state:covered in_share:yes dated:yes, ou rien.",
    ),
    "narrowed": ("Shown are those that {what}.", "Seuls sont montrés ceux qui {what}."),
    "narrowed_also": ("are on {topic}, too", "sont aussi sur {topic}"),
    "narrowed_cites": ("cite {outlet}", "citent {outlet}"),
    "show_all": ("Show all", "Tout montrer"),
    "found_one": ("1 article", "1 article"),
    "found": ("{number} articles, the latest first", "{number} articles, le plus récent d’abord"),
    "more_articles": ("{number} more: see all of them", "{number} de plus : les voir tous"),
    "latest_only": (
        "The latest {number} are searched for; narrow the period for earlier ones.",
        "Les {number} derniers ; resserrer la période pour les précédents.",
    ),
    "no_articles": (
        "No article fits. Choose a longer period, other sources, or no topic.",
        "Aucun article ne convient. Choisir une période plus longue, d’autres sources, ou aucun sujet.",
    ),
    "untitled": ("(untitled)", "(sans titre)"),
    "why": ("Why it matched", "Pourquoi il correspond"),
    "revisions": ("{number} versions", "{number} versions"),
    "back_to_list": ("All articles of these filters", "Tous les articles de ces filtres"),
    "no_article": (
        "The address names an article that this data does not have. Go back to the list, or see whether the link is whole.",
        "L’adresse nomme un article que ces données n’ont pas. Revenir à la liste, ou vérifier que le lien est entier.",
    ),
    "revision_of": ("Version {revision} of {number}", "Version {revision} de {number}"),
    "published": ("published", "publié le"),
    "seen": ("seen", "vu le"),
    "date_quality": ("date", "date"),
    "control": ("controlled by", "contrôlé par"),
    "independence": ("independence", "indépendance"),
    "is_backlog": ("backlog: published before its feed's first poll", "arriéré : publié avant le premier relevé de son flux"),
    "original": ("Read the original", "Lire l’original"),
    "no_link": (
        "No link to the original: the outlet gave none that is safe to follow.",
        "Pas de lien vers l’original : aucun qui soit sûr n’a été donné.",
    ),
    "no_text": ("The feed gave no text.", "Le flux n’a pas donné de texte."),
    "no_evidence": ("No topic fired on this article.", "Aucun sujet ne s’est déclenché sur cet article."),
    "colon": (": ", " : "),
    "in_lead": ("evidence in title or first 25 words suffices", "les preuves du titre ou des 25 premiers mots suffisent"),
    "not_in_lead": ("found in the text alone, not in its lead", "trouvé dans le texte seul, pas en tête"),
    "topics_version": ("topics version {version}", "version des sujets {version}"),
    "not_counted": ("version {revision}, not counted", "version {revision}, non comptée"),
    "text": ("text", "texte"),
    # Quality.
    "view_matching": ("Matching", "Correspondances"),
    "view_dates": ("Dates", "Dates"),
    "view_languages": ("Languages", "Langues"),
    "view_delay": ("Delay", "Délai"),
    "view_corrected": ("Corrected prevalence", "Prévalence corrigée"),
    "no_quality": (
        "This data holds no measurement of the topics. `vigie topics evaluate --data DIR` makes one and stores it; docs/quality.md has the one that vigie ships.",
        "Ces données n’ont pas de mesure des sujets. `vigie topics evaluate --data DIR` en fait une et la garde ; docs/quality.md a celle que vigie livre.",
    ),
    "precision": ("precision", "précision"),
    "recall": ("recall", "rappel"),
    "precision_recall": ("Precision and recall", "Précision et rappel"),
    "all_topics": ("all topics", "tous les sujets"),
    "measured_on": ("Measured on", "Mesuré sur"),
    "quality_of_others": (
        "Measured of another version of the topics than the one that figures use now. `vigie topics evaluate --data DIR` measures this one.",
        "Mesuré sur une autre version des sujets que celle des chiffres d’aujourd’hui. `vigie topics evaluate --data DIR` mesure celle-ci.",
    ),
    "matching_legend": (
        "Precision: of what is matched, the share on topic. Recall: of what is on topic, the share matched. No point: too few decisions. Whiskers: 95 % interval.",
        "Précision : part juste de ce qui correspond. Rappel : part trouvée de ce qui est sur le sujet. Pas de point : trop peu de décisions. Barres : intervalle à 95 %.",
    ),
    "dates_legend": (
        "Of each source's articles: how far the date that it claims can be relied on. Missing, unreadable, future and implausible dates stand in no trend.",
        "Pour chaque source : jusqu’où la date annoncée est fiable. Les dates absentes, illisibles, futures ou invraisemblables ne sont dans aucune tendance.",
    ),
    "median_hours": ("Median hours from publication to collection", "Médiane en heures, de la publication à la collecte"),
    "delay_legend": (
        "Half of a source's articles were collected within this time. Most of it may be the wait for the next poll: half the gap between polls, where articles come evenly.",
        "La moitié des articles d’une source ont été collectés dans ce délai. L’attente du relevé suivant peut en être l’essentiel : la moitié de l’écart entre relevés, si les articles arrivent régulièrement.",
    ),
    "languages_legend": (
        "Articles by the language that was detected in them, on days when the whole panel was covered.",
        "Articles selon la langue détectée, les jours où tout le panel était couvert.",
    ),
    "topic_needed": ("Choose a topic at the left.", "Choisir un sujet à gauche."),
    # SQL.
    "sql_bounds": (
        "One statement that reads: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW. It may take {seconds} s and {memory} MiB, and gives {rows} rows at most.",
        "Une instruction qui lit : SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW. Au plus {seconds} s, {memory} Mio et {rows} lignes.",
    ),
    "statement": ("Statement", "Instruction"),
    "run": ("Run", "Exécuter"),
    "running": ("Running", "En cours"),
    "rows_one": ("1 row", "1 ligne"),
    "rows": ("{number} rows", "{number} lignes"),
    "sql_result": (
        "Result of the statement; the CSV has the same rows.",
        "Résultat de l’instruction ; le CSV a les mêmes lignes.",
    ),
    "catalogue": ("Catalogue", "Catalogue"),
    "history": ("History of this visit", "Historique de cette visite"),
    "again": ("Run again", "Relancer"),
}
