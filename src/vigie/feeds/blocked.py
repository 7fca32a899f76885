"""Tell a page that says "you may not see this" from one that is merely no feed.

Two kinds are known: notices of blocking that providers and states show in a site's place, and the gates of services that
publishers put before their sites against robots. Either means that the feed is well elsewhere, so the remedy is another
vantage, and not a new address. The phrases are those of the pages themselves, in the languages of the shipped sources.
"""

from __future__ import annotations

import re

__all__ = ["block_sign", "is_blocking_host"]

#: Hosts that courts and ministries have providers lead their customers to, and all names below them.
_BLOCKING_HOSTS = (
    ".cda.ms",
    ".blocked.mts.ru",
    ".interieur.gouv.fr",
    ".blackhole.beeline.ru",
    ".eais.rkn.gov.ru",
    ".warning.rt.ru",
)

_PHRASES = (
    # Robots' gates
    r"attention required! \| cloudflare",
    r"just a moment\.\.\.",
    r"checking your browser before accessing",
    r"ddos[- ]guard",
    r"pardon our interruption",
    r"please enable (?:js|javascript) and disable any ad ?blocker",
    r"request unsuccessful\. incapsula",
    r"access (?:is )?denied",
    r"you (?:have been|are) blocked",
    r"(?:are you|verify you are|prove you(?:'re| are)) (?:a )?(?:robot|human)",
    # Notices of blocking
    r"unavailable (?:for legal reasons|in your (?:country|region|location))",
    r"not available in your (?:country|region|location)",
    r"(?:site|website|page|access)[^.<]{0,40}(?:has been|is|was) (?:blocked|restricted)",
    r"acc[eè]s[^.<]{0,40}(?:bloqu[eé]|refus[eé]|interdit)",
    r"(?:site|contenu|page)[^.<]{0,40}(?:a [eé]t[eé] |est )?bloqu[eé]",
    r"(?:seite|zugriff|webseite)[^.<]{0,40}(?:gesperrt|verweigert)",
    r"доступ[^.<]{0,60}(?:ограничен|запрещ[её]н|заблокирован|закрыт)",
    r"(?:сайт|ресурс|страница)[^.<]{0,40}заблокирован",
    r"доступ[^.<]{0,60}(?:обмежено|заборонено|заблоковано)",
)
_SIGN = re.compile("|".join(_PHRASES), re.IGNORECASE)
_SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
#: Characters of a page that are searched: a notice is short, and its words stand near the top.
_SEARCHED = 20_000
#: A page with more words than this is a page of its own, whatever it says in passing.
_MOST_WORDS = 400
_TAGS = re.compile(r"<[^>]{0,500}>")


def is_blocking_host(host: str) -> bool:
    """Whether a host is one to which providers lead whoever asks for a blocked site."""
    return f".{host}".endswith(_BLOCKING_HOSTS)


def block_sign(page: str) -> str:
    """The words by which an HTML page says that one may not see what was asked for; empty where it says nothing so."""
    text = _TAGS.sub(" ", _SCRIPTS.sub(" ", page[:_SEARCHED]))
    if len(text.split()) > _MOST_WORDS:
        return ""
    found = _SIGN.search(" ".join(text.split()))
    return found[0][:100] if found else ""
