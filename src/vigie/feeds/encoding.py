"""From the bytes of a body to its text: decompressed, decoded, with a word on every liberty taken.

Which encoding a document is in follows RFC 7303 and the WHATWG's practice, but evidence goes before declarations:

1. A byte order mark, or the zero bytes of UTF-16 and UTF-32.
2. UTF-8, where the bytes are valid UTF-8 and not plain ASCII: a declared single-byte encoding decodes anything, so that
   its declaration proves nothing, while other text is valid UTF-8 only by a miracle.
3. The charset of the response's content type; but the `iso-8859-1` that servers put there by default yields to the
   document's own declaration.
4. The encoding that the document declares, in its first line.
5. UTF-8 with a few broken bytes (a file cut off, one name pasted in another encoding): each is read as windows-1252.
6. windows-1251 or KOI8-R where the bytes look like Cyrillic words, else windows-1252.

A document that was encoded as UTF-8 twice (`Ã©` for `é` throughout) is put right.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["BodyTooLargeError", "Decoded", "decode_body", "decode_rest", "decompress", "tells"]

_REPAIRED = "encoded as utf-8 twice, repaired"

_GZIP_MAGIC = b"\x1f\x8b"

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
#: Which of the first four bytes are not zero, where the first two characters are ASCII.
_ZERO_PATTERNS: dict[tuple[bool, ...], str] = {
    (True, False, False, False): "utf-32-le",
    (False, False, False, True): "utf-32-be",
    (True, False, True, False): "utf-16-le",
    (False, True, False, True): "utf-16-be",
}

_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:\-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:\-]{1,40})""")

#: Python codecs that may be used, by their own names: not the ones that are no charsets (`idna`, `unicode_escape` …).
_USABLE = re.compile(
    r"(?:utf-(?:8|16|32)(?:-[bl]e)?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|tis-620"
    r"|gb\w+|big5\w*|euc_\w+|shift_jis\w*|iso2022_\w+|hz|johab)\Z"
)
_SINGLE_BYTE = re.compile(r"(?:ascii|iso8859-\d+|cp(?:125\d|\d\d\d)|koi8-[rtu]|mac-\w+|tis-620)\Z")
#: Encodings that are always read as a larger one that contains them, as browsers do.
_WIDENED = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}

#: Bytes that a character takes in UTF-8 beyond one.
_MOST_EXTRA_BYTES = 3
#: Non-ASCII characters needed before a text can be found to be encoded twice.
_LEAST_EVIDENCE = 4
#: Bytes of such characters.
_BEYOND_ASCII = bytes(range(0x80, 0x100))
#: Characters that are encoded as windows-1252 where one is met that Latin-1, which Python encodes to fastest, lacks.
_AT_ONCE = 256


def _as_latin_1(error: UnicodeError) -> tuple[bytes, int]:
    """Let the characters that windows-1252 lacks be their Latin-1 bytes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].encode("latin-1"), error.end


codecs.register_error("vigie.latin-1", _as_latin_1)


def _as_windows_1252(error: UnicodeError) -> tuple[bytes, int]:
    """Encode a character that Latin-1 lacks as windows-1252; some more with it, for where one is, others follow."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    end = max(error.end, error.start + _AT_ONCE)
    return error.object[error.start : end].encode("cp1252", "vigie.latin-1"), min(end, len(error.object))


codecs.register_error("vigie.windows-1252", _as_windows_1252)


#: Letters outside the alphabet's own block, in windows-1251 and KOI8: ё, ґ, є, і, ї.
_CYRILLIC_BELOW_C0 = frozenset(b"\xa3\xa4\xa5\xa6\xa7\xa8\xaa\xad\xaf\xb2\xb3\xb4\xb8\xba\xbf")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


class BodyTooLargeError(ValueError):
    """A compressed body is larger than the limit once it is decompressed."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text."""

    text: str
    #: What was done to read it that a sound document would not have needed, in words.
    warnings: tuple[str, ...] = ()
    #: Whether it was encoded as UTF-8 twice; None where it was not sound UTF-8, declared as that or as nothing.
    twice: bool | None = None


def decompress(body: bytes, limit: int) -> tuple[bytes, tuple[str, ...]]:
    """The body, unpacked where it is gzip inside, with warnings; a stream cut off gives what there is.

    Raises:
        BodyTooLargeError: More than `limit` bytes.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body, ()
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, limit + 1)
    except zlib.error:
        return body, ()  # the magic was chance, or nothing can be read
    if len(data) > limit:
        raise BodyTooLargeError(f"more than {limit} bytes when decompressed")
    cut_off = ("compressed body is cut off",) if not unpacker.eof else ()
    return data, ("body is gzip inside", *cut_off)


def decode_body(body: bytes, content_type: str = "") -> Decoded:
    """The text of a body; never raises.

    Args:
        body: The bytes, decompressed.
        content_type: The response's content type, or empty.
    """
    wide = _wide_encoding(body)
    if wide:
        bom = next((mark for mark, _ in _BOMS if body.startswith(mark)), b"")
        text = body[len(bom) :].decode(wide, "replace")
        return Decoded(text, (f"bytes that are no {wide}",) if "\ufffd" in text else ())
    declared, unknown = _declared(body, content_type)
    decoded = _decode_by(declared, body)
    if unknown and not declared:
        return Decoded(decoded.text, (f"declared as {unknown}, which is no encoding", *decoded.warnings))
    return decoded


def decode_rest(rest: bytes, content_type: str, *, twice: bool) -> Decoded | None:
    """The text of a body out of which parts were taken that were read before, as it stands in the text of the whole.

    Args:
        rest: The body without them.
        content_type: The response's content type, or empty.
        twice: Whether they were encoded as UTF-8 twice; they alone have to tell that the whole was, or was not (:func:`tells`).

    Returns:
        The rest as text; None where the whole might be read in another encoding.
    """
    declared, unknown = _declared(rest, content_type)
    if unknown or declared[:1] not in ([], ["utf-8"]) or _wide_encoding(rest):
        return None
    try:
        text = rest.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        return Decoded(_put_back(text), (_REPAIRED,), twice) if twice else Decoded(text, (), twice)
    except UnicodeError:
        return None


def tells(parts: Iterable[bytes], *, twice: bool) -> bool:
    """Whether some items of a body are enough to tell that the whole was encoded as UTF-8 twice, or that it was not."""
    sound = 0
    for part in parts:
        text = part.decode("utf-8")
        if twice:
            sound += len(text) - len(part.translate(None, _BEYOND_ASCII))
            if sound >= _LEAST_EVIDENCE:
                return True
        else:
            try:
                _put_back(text)
            except UnicodeError:
                return True
    return False


def _decode_by(declared: list[str], body: bytes) -> Decoded:
    claim = declared[0] if declared else ""
    if claim and not _SINGLE_BYTE.match(claim) and not claim.startswith("utf-"):
        text = body.decode(_WIDENED.get(claim, claim), "replace")
        if text.count("\ufffd") <= len(text) // 100:
            return Decoded(text, (f"bytes that are no {claim}",) if "\ufffd" in text else ())
    text, broken = _lenient_utf8(body)
    # Sound characters that are not ASCII: as many as can be told from the lengths alone, where that is enough.
    sound = 0 if text.isascii() else (len(body) - len(text)) // _MOST_EXTRA_BYTES
    if broken or sound < _LEAST_EVIDENCE:
        sound = 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore")) - broken
    if not broken:
        lie = (f"declared as {claim}, read as utf-8",) if sound and claim not in ("", "utf-8") else ()
        once = _undo_double_encoding(text) if sound >= _LEAST_EVIDENCE else ""
        told = None if lie else bool(once)
        return Decoded(once, (*lie, _REPAIRED), told) if once else Decoded(text, lie, told)
    if broken * 10 <= sound:
        return Decoded(text, (f"bytes that are no utf-8, read as windows-1252: {broken}",))
    single = next((name for name in declared if name != "utf-8" and _SINGLE_BYTE.match(name)), "")
    if single and single not in ("ascii", "iso8859-1", "cp1252"):
        return Decoded(_decode_bytes(body, single), () if single == claim else (f"declared as {claim}, read as {single}",))
    guess = _guess(body)
    if guess == "cp1252" and single:
        return Decoded(_decode_bytes(body, guess))
    reason = f"declared as {claim}, which it is not" if claim else "no encoding declared"
    return Decoded(_decode_bytes(body, guess), (f"{reason}; read as {guess}",))


def _wide_encoding(body: bytes) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return "" if name == "utf-8" else name
    return _ZERO_PATTERNS.get(tuple(byte != 0 for byte in body[:4]), "")


def _declared(body: bytes, content_type: str) -> tuple[list[str], str]:
    """The encodings declared, as Python names them, the one to be believed first; and a label that is none."""
    charset = _CHARSET.search(content_type)
    declaration = _DECLARATION.search(body.removeprefix(codecs.BOM_UTF8)[:1024])
    labels = [charset[1] if charset else "", declaration[1].decode("ascii") if declaration else ""]
    outside, inside = (_codec_name(label) if label else "" for label in labels)
    order = [inside, outside] if outside in ("iso8859-1", "ascii") else [outside, inside]
    unknown = next((label for label, name in zip(labels, (outside, inside), strict=True) if label and not name), "")
    return [name for name in order if name], unknown


def _codec_name(label: str) -> str:
    """A label as Python names its codec; empty where there is none that may be used."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return name if _USABLE.match(name) else ""


def _lenient_utf8(body: bytes) -> tuple[str, int]:
    """UTF-8 with broken bytes read as windows-1252, and how many there were; a character cut off at the end is left out."""
    body = body.removeprefix(codecs.BOM_UTF8)
    with contextlib.suppress(UnicodeDecodeError):
        return body.decode("utf-8"), 0
    whole = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(body)
    broken = re.findall("[\udc80-\udcff]", whole)
    if not broken:
        return whole, 0
    return re.sub("[\udc80-\udcff]", lambda byte: _windows_1252(ord(byte[0]) - 0xDC00), whole), len(broken)


def _undo_double_encoding(text: str) -> str:
    """The text before its UTF-8 bytes were taken for windows-1252 and encoded again; empty where they were not.

    That all of a document's characters, put back to bytes, should be valid UTF-8 does not happen by chance. In nearly every
    document the first of them are not, and no more is looked at.
    """
    try:
        _put_back(_first_beyond_ascii(text))
        return _put_back(text)
    except UnicodeError:
        return ""


def _first_beyond_ascii(text: str) -> str:
    """The first characters, one after the other, that are not ASCII: an encoder finds them faster than a regular expression."""
    try:
        text.encode("ascii")
    except UnicodeEncodeError as error:
        return text[error.start : error.end]
    return ""


def _put_back(text: str) -> str:
    """What was encoded, where its bytes were taken for windows-1252.

    Raises:
        UnicodeError: They were no UTF-8.
    """
    return text.encode("latin-1", "vigie.windows-1252").decode("utf-8")


def _windows_1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _decode_bytes(body: bytes, name: str) -> str:
    return body.decode(_WIDENED.get(name, name), "replace")


def _guess(body: bytes) -> str:
    """Cyrillic words are runs of high bytes; in western texts such letters stand alone among ASCII ones.

    windows-1251 has the small letters at E0–FF, KOI8-R at C0–DF.
    """
    runs = _HIGH_RUN.findall(body)
    high = sum(map(len, runs))
    in_words = sum(len(run) for run in runs if len(run) > 2)
    letters = sum(byte >= 0xC0 or byte in _CYRILLIC_BELOW_C0 for run in runs for byte in run)
    if high < 10 or in_words * 2 < high or letters * 10 < high * 9:
        return "cp1252"
    upper_half = sum(byte >= 0xE0 for run in runs for byte in run[:64])
    lower_half = sum(0xC0 <= byte < 0xE0 for run in runs for byte in run[:64])
    return "cp1251" if upper_half >= lower_half else "koi8-r"
