"""`vigie topics audit`: a sample of a figure's articles for two coders, and what their answers say of the matcher."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from vigie.cli.common import DataOption, data_folder, panel_named, parse_day, told
from vigie.cli.terminal import make_console
from vigie.errors import UsageError
from vigie.named_files import read_text

if TYPE_CHECKING:
    from vigie.matching.audit import Key
    from vigie.schemas import Audit
    from vigie.storage import Dataset

__all__ = ["audit"]

_COLUMNS = ("item", "language", "title", "text", "on_topic", "note")
_YES = ("1", "yes", "y", "true", "on", "oui", "o", "vrai", "ja", "да", "так")
_NO = ("0", "no", "n", "false", "off", "non", "faux", "nein", "нет", "ні")
#: How a cell begins that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_KEY = ".key.json"


def audit(
    topic: Annotated[str | None, typer.Option(metavar="T", help="Draw a sample of what this topic's shares run over.")] = None,
    read: Annotated[
        tuple[Path, Path] | None, typer.Option("--read", metavar="FILE FILE", help="Read what two people coded instead.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="D", help="First day. Default: the first covered day.")] = None,
    until: Annotated[str | None, typer.Option(metavar="D", help="Last day. Default: the last covered day.")] = None,
    panel: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="The figure's panel: shipped, or YAML. Default: the sources covered every day."),
    ] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="The figure takes evidence anywhere, beyond the lead too.")] = False,
    backlog: Annotated[bool, typer.Option("--backlog", help="The figure counts backlog too.")] = False,
    tz: Annotated[str, typer.Option(metavar="ZONE", help="Zone in which the figure's days are cut.")] = "UTC",
    data: DataOption = None,
    n: Annotated[int, typer.Option("--n", min=1, help="How many articles to draw.")] = 300,
    seed: Annotated[str, typer.Option(help="Decides which articles are drawn, and their order.")] = "1",
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="The sample; the key lies beside it.")] = Path("audit.csv"),
    settled: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --read: what the two agreed on where they differed.")
    ] = None,
    differing: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="With --read: write the items here on which the two differ.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="With --read: the key. Default: beside the first.")] = None,
) -> None:
    """Measure the matcher's errors behind a figure: draw a sample, have two people code it, read what they coded.

    Each coder gets a copy of the sample and writes 1 or 0 into the column on_topic, by the topic's description alone; not the
    key, which says what the matcher said. Sensitivity, specificity and kappa are stored in table `audits`. Where the two
    differ they may settle it: --differing writes these items, and --settled reads what was agreed.

    Example: vigie topics audit --topic syria --until 2017-06-10 --out syria.csv
    """
    with told():
        if (topic is None) == (read is None):
            raise UsageError("give --topic T to draw a sample, or --read FILE FILE to read what two people coded")
        if read is not None:
            _read_coded(read, settled, differing, key, data_folder(data))
            return
        if settled is not None or differing is not None:
            raise UsageError("--settled and --differing belong to --read FILE FILE, what two people coded")
        from vigie.matching.audit import draw_sample
        from vigie.queries import Parameters, open_dataset

        parameters = Parameters(
            topic=topic, since=parse_day("--since", since), until=parse_day("--until", until),
            panel=panel_named(panel, data), scope="all" if everywhere else "lead", backlog=backlog, tz=tz,
        )  # fmt: skip
        with open_dataset(data_folder(data)) as connection:
            sample = draw_sample(connection, parameters, n=n, seed=seed)
            about = connection.execute("SELECT label, description FROM topics WHERE topic_id = $id", {"id": topic}).fetchone()
        _write_new(out, _to_csv((*row, "", "") for row in sample.rows))
        _write_new(_key_of(out), sample.key.to_json())
        label, description = about or (topic, "")
        make_console().print(
            Text(
                f"{len(sample.rows)} of {sum(sample.key.strata.values())} articles, "
                f"{sample.key.since} to {sample.key.until}: {out}\n"
                f"Give each of two people a copy: 1 in the column on_topic where an article is on “{label}”, else 0.\n"
                f"{description}\n"
                f"Keep {_key_of(out)} from them. Then: vigie topics audit --read COPY COPY --key {_key_of(out)}"
                + (f" --data {data}" if data else "")
            )
        )


def _key_of(sample: Path) -> Path:
    return sample.with_name(f"{sample.stem}{_KEY}")


def _to_csv(rows: Iterable[tuple[str, ...]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return "\ufeff" + buffer.getvalue()  # With the mark, spreadsheets read it as UTF-8.


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet: one that is may hold hours of coding."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path}: is there already; name another file with --out, or move it away") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); name a file in a folder you can write") from error


def _read_coded(
    read: tuple[Path, Path], settled: Path | None, differing: Path | None, key_file: Path | None, data: Path
) -> None:
    from vigie.clock import system_clock
    from vigie.matching.audit import audit_of
    from vigie.storage import Dataset
    from vigie.storage.measures import store_audit

    first, second = (_codes(path) for path in read)
    are_equal = _are_equal(*read)
    key = _find_key(key_file, read[0], set(first))
    dataset = Dataset(data)
    _check_dataset(dataset, key)
    for path, codes in zip(read, (first, second), strict=True):
        _check_all_coded(path, codes, key)
    differ = {item for item in key.items if first[item] != second[item]}
    if differing is not None and differ:
        _write_new(differing, _differing(read, differ))
    agreed = _settled(settled, key, first, differ) if settled is not None else None
    rows = audit_of(key, _complete(first), _complete(second), agreed, at=system_clock())
    dataset.prepare()
    store_audit(dataset, rows)
    _print(rows, len(differ), len(agreed or ()))
    if differing is not None:
        typer.echo(
            f"{differing}: write 1 or 0 for what the two agree on, and read it too with --settled {differing}"
            if differ
            else "The two differ on no item: there is nothing to settle.",
            err=True,
        )
    if are_equal:
        typer.echo("The two files are byte for byte the same: if one is a copy of the other, kappa says nothing.", err=True)


def _are_equal(first: Path, second: Path) -> bool:
    if first.samefile(second):
        raise UsageError(f"{second}: is given twice; give the files of two people, who each coded a copy of their own")
    return first.read_bytes() == second.read_bytes()


def _check_dataset(dataset: Dataset, key: Key) -> None:
    """Refuse a folder that is not the one that the sample was drawn from: its figures would be corrected by another's."""
    from vigie.storage.versions import topics_versions

    if not dataset.files("articles"):
        raise UsageError(f"--data {dataset.root}: holds no articles; name the dataset that the sample was drawn from")
    if key.topics_version not in topics_versions(dataset):
        raise UsageError(
            f"--data {dataset.root}: was never matched under topics version {key.topics_version}, as the audit was; "
            "name the dataset that the sample was drawn from"
        )


def _settled(path: Path, key: Key, first: Mapping[str, bool | None], differ: set[str]) -> dict[str, bool]:
    """What a third file says of the items on which the two differ."""
    codes = _codes(path)
    _check_known(path, codes, key)
    for item, code in codes.items():
        if item not in differ and code is not None and code != first[item]:
            raise UsageError(
                f"{path}: item {item}: both coded it {first[item]:d}, here it is {code:d}; see which file is right"
            )
    settled = {item: code for item, code in codes.items() if item in differ and code is not None}
    if not settled:
        why = f"codes none of the {len(differ)} items on which the two differ" if differ else "the two differ on no item"
        raise UsageError(f"--settled {path}: {why}; write 1 or 0 for these, or leave --settled out")
    return settled


def _differing(read: tuple[Path, Path], differ: set[str]) -> str:
    """The items on which two people differ, with what each of them noted, to be coded once more."""
    first, second = (list(_rows_of(path)) for path in read)
    others = {row["item"]: row for row in second}
    rows = []
    for row in first:
        if row["item"] in differ:
            both = [f"{part['on_topic']} {part.get('note') or ''}".strip() for part in (row, others[row["item"]])]
            shown = [row.get(name) or "" for name in ("item", "language", "title", "text")]
            rows.append((*shown, "", " / ".join(both)))
    return _to_csv(rows)


def _rows_of(path: Path) -> csv.DictReader[str]:
    """The rows of a coded file."""
    text = read_text(path)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # Spreadsheets in French or German write semicolons.
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)


def _codes(path: Path) -> dict[str, bool | None]:
    """For each item of a coded file, what was coded; None where nothing was."""
    reader = _rows_of(path)
    if not {"item", "on_topic"} <= set(reader.fieldnames or ()):
        raise UsageError(f"{path}:1: has no columns item and on_topic; give a copy of the sample with on_topic filled in")
    codes: dict[str, bool | None] = {}
    for row in reader:
        given = (row["on_topic"] or "").strip().lower()
        if given not in (*_YES, *_NO, ""):
            raise UsageError(f"{path}:{reader.line_num}: on_topic: `{given}` is neither 1 nor 0")
        if row["item"] in codes:
            raise UsageError(f"{path}:{reader.line_num}: item {row['item']} stands twice; remove one")
        codes[row["item"]] = None if not given else given in _YES
    return codes


def _find_key(given: Path | None, sample: Path, items: set[str]) -> Key:
    from vigie.matching.audit import Key

    candidates = [given] if given is not None else sorted(sample.parent.glob(f"*{_KEY}"))
    found = []
    for path in candidates:
        key = Key.from_json(read_text(path), str(path))
        if given is not None or items & set(key.items):
            found.append(key)
    if len(found) != 1:
        what = "several keys of its items lie" if found else "no key of its items lies"
        raise UsageError(f"{sample}: {what} beside it; name the key with --key FILE{_KEY}")
    return found[0]


def _check_all_coded(path: Path, codes: Mapping[str, bool | None], key: Key) -> None:
    missing = [item for item in key.items if codes.get(item) is None]
    if missing:
        raise UsageError(f"{path}: {len(missing)} of {len(key.items)} items are not coded, {missing[0]} first: write 1 or 0")
    _check_known(path, codes, key)


def _check_known(path: Path, codes: Mapping[str, bool | None], key: Key) -> None:
    unknown = [item for item in codes if item not in key.items]
    if unknown:
        raise UsageError(f"{path}: item {unknown[0]} is not of this audit; name its key with --key")


def _complete(codes: Mapping[str, bool | None]) -> dict[str, bool]:
    return {item: bool(code) for item, code in codes.items()}


def _print(rows: list[Audit], differ: int, settled: int) -> None:
    table = Table(title=f"{rows[0].topic_id}, {rows[0].since} to {rows[0].until}", title_justify="left", show_edge=False)
    for heading in ("language", "control", "articles", "coded", "on topic", "differ", "kappa", "sensitivity", "specificity"):
        table.add_column(heading, justify="right" if heading in ("articles", "coded", "on topic", "differ") else "left")
    for row in rows:
        negatives = row.n - row.positives
        table.add_row(
            row.language, row.control, str(row.population), str(row.n), f"{row.positives:g}", str(row.disagreements),
            _figure(row.kappa, row.kappa_low, row.kappa_high, row.n),
            _figure(row.sensitivity, row.sensitivity_low, row.sensitivity_high, row.positives),
            _figure(row.specificity, row.specificity_low, row.specificity_high, negatives),
        )  # fmt: skip
    console = make_console()
    console.print(table)
    settled_as = f"{settled} as the two agreed, " if settled else ""
    how = f"{differ} items were coded differently: {settled_as}{differ - settled} count as half on topic."
    console.print(Text(f"Weighted by stratum, 95 % intervals. {how}"), style="dim")


def _figure(value: float | None, low: float | None, high: float | None, n: float) -> str:
    if value is None or low is None or high is None:
        return f"n = {n:g}: too few" if n < 30 else "no variation"
    return f"{value:.2f} ({low:.2f}–{high:.2f})"
