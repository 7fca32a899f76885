"""Who publishes: sources (one edition of one outlet each), the feeds they offer, and panels of sources."""

import enum
from dataclasses import dataclass
from datetime import date

from vigie.schemas.columns import column

__all__ = ["Claim", "Feed", "Independence", "Panel", "Scope", "Source"]


class Scope(enum.StrEnum):
    """What part of a source's output a feed carries: like is to be compared with like."""

    FRONT = "front"
    SECTION = "section"
    ALL = "all"


class Independence(enum.StrEnum):
    """How independent a source's newsroom is from those who own or fund it."""

    STATE_CONTROLLED = "state-controlled"
    STATE_FUNDED = "state-funded"  # with editorial independence
    PUBLIC_SERVICE = "public-service"
    PRIVATE = "private"
    EXILE = "exile"
    INSTITUTION = "institution"  # a state's or the EU's own voice, not a newsroom


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about a source that holds for a time, with its basis."""

    value: str = column("What is claimed: a country code for control, an Independence value for independence, or `none`.")
    valid_from: date | None = column("First day on which it holds, None: as far back as the source goes.", default=None)
    valid_to: date | None = column("Last day on which it holds, None: it still does.", default=None)
    basis: str = column("On what the claim rests, in words an analyst can check.", default="")


@dataclass(frozen=True, slots=True)
class Feed:
    """One address that a source publishes entries at."""

    feed_id: str = column("Permanent id, `source_id/name`; the address may change, this does not.")
    source_id: str = column("The source whose feed it is.")
    url: str = column("Where it is fetched now.")
    section: str = column("The section it carries, as the outlet names it.", default="")
    scope: Scope = column("Whether it is the front page, one section or everything.", default=Scope.ALL)
    proxy: str = column("HTTP proxy that it is polled through, `http://host:port`; empty for none.", default="")
    accept_any_certificate: bool = column("True where its TLS certificate is not checked: an exception.", default=False)


@dataclass(frozen=True, slots=True)
class Source:
    """One edition of one outlet: `francais.rt.com` and `rt.com` are two."""

    source_id: str = column("Permanent id, lower-case words joined by hyphens.")
    name: str = column("The name under which the outlet publishes.")
    edition: str = column("Which edition of the outlet, for instance `French`; empty where there is one.", default="")
    homepage: str = column("Address of the edition's front page.", default="")
    languages: tuple[str, ...] = column("ISO 639-1 codes of the languages it publishes in, the main one first.", default=())
    country: str = column("ISO 3166-1 code of the country it publishes from, or `EU`.", default="")
    time_zone: str = column("IANA zone assumed where a date names none.", default="UTC")
    owner: str = column("Who owns it.", default="")
    controlling_state: tuple[Claim, ...] = column("Which state controls it, in time; `none` where none does.", default=())
    independence: tuple[Claim, ...] = column("How independent its newsroom is, in time.", default=())
    succeeds: str | None = column("The source_id of the edition that it replaced.", default=None)
    invented: bool = column("True for outlets that exist only in vigie's sample data.", default=False)
    feeds: tuple[Feed, ...] = column("Its feeds.", default=())


@dataclass(frozen=True, slots=True)
class Panel:
    """A fixed, versioned list of sources over which shares are computed."""

    panel_id: str = column("Permanent id.")
    version: str = column("Changes whenever its list does.")
    label: str = column("What it stands for, in words.", default="")
    sources: tuple[str, ...] = column("source_ids of its members.", default=())
    reason: str = column("Why these and no others, in words.", default="")
