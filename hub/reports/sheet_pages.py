"""The check sheet and the closing list as A4 pages: in one language, with heads in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from hub.core.doors.check_sheet import CheckSheet
from hub.core.doors.closing_list import ClosingList
from hub.core.site.document import Site
from hub.reports import sheet_rows, sheet_words
from hub.reports.words import Pair, Words

_STYLE = """
@page { size: A4; margin: 10mm 13mm 11mm }
@page { @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font-family: "Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Serif", serif; font-size: 9pt; line-height: 1.25 }
h1 { font-size: 16pt; text-align: center; margin: 0 }
h2 { font-size: 10pt; margin: 4mm 0 1mm }
.other { color: #444; font-size: 7.5pt; font-weight: normal; margin-left: 1.5mm }
.of { text-align: center; margin: 1mm 0 2mm; font-size: 11pt }
.verdict { border: 1.5pt solid #000; padding: 2mm; margin: 2mm 0; font-size: 13pt; text-align: center }
.bad { font-weight: bold }
.verdict.bad { background: #ddd }
table { width: 100%; border-collapse: collapse; font-size: 8pt }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: .4pt solid #666; padding: .55mm 1mm; text-align: left; vertical-align: top }
th { background: #eee; font-weight: bold } th .other { display: block; margin: 0 }
.checks { table-layout: fixed; font-size: 7.5pt }
.checks td:first-child { white-space: nowrap }
.checks th:nth-child(1) { width: 11mm } .checks th:nth-child(2), .checks th:nth-child(4) { width: 11mm }
.checks th:nth-child(3) { width: 48mm } .checks th:nth-child(5) { width: 17mm } .checks th:nth-child(6) { width: 30mm }
.is-blind td, .is-partly td { background: #e4e4e4 }
.is-to-come td { color: #999 }
.rest > td:first-child { border-top-color: transparent }
.fine { font-size: 7.5pt; color: #333; margin: 2mm 0 0 }
.sign { display: flex; gap: 10mm; margin-top: 7mm } .sign div { flex: 1; border-top: .5pt solid #000; padding-top: 1mm }
"""


def checks(sheet: CheckSheet, site: Site, words: Words) -> str:
    """The check sheet of a point for a month."""
    rows = "".join(map(_check, sheet_rows.checks(sheet, words)))
    area = site.points[sheet.place].area if sheet.place in site.points else ""
    of = f"{words.site} · {words.area(area)} · {words.thing(sheet.place)} · {sheet.first:%Y-%m}"
    body = [_head(sheet_words.CHECK_SHEET, of, words), _table(sheet_words.CHECK_HEADS, rows, words, "checks")]
    body.append(_note(sheet_words.WHO_NOTE, words))
    return _page(sheet_words.CHECK_SHEET, f"{sheet.place} {sheet.first:%Y-%m}", body, words, sheet.made, sheet.size)


def closing(of: ClosingList, words: Words) -> str:
    """The closing list of an area for a day."""
    found = sheet_rows.closing(of, words)
    where = f"{words.site} · {words.area(of.area)} · {of.day:%Y-%m-%d} {words.weekday(of.day)}"
    mark = " bad" if found.bad else ""
    body = [_head(sheet_words.CLOSING_LIST, where, words), f'<div class="verdict{mark}">{escape(found.verdict)}</div>']
    for title, heads, rows in sheet_rows.parts(found):
        body.append(f"<h2>{_two(title, words)}</h2>")
        lines = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
        body.append(_table(heads, lines, words) if rows else f"<p>{escape(words.say(sheet_words.EMPTY))}</p>")
    body.append(_note(sheet_words.BLIND_NOTE, words))
    return _page(sheet_words.CLOSING_LIST, f"{of.area} {of.day}", body, words, of.made, of.size)


def _page(title: Pair, of: str, body: Iterable[str], words: Words, made: int, size: int) -> str:
    printed = words.say(sheet_words.PRINTED, time=words.minute(made), size=size)
    sign = "".join(f"<div>{_two(pair, words)}</div>" for pair in (sheet_words.KEEPER, sheet_words.CHECKER))
    return (
        f"<!doctype html><html lang='{words.language}'><meta charset='utf-8'>"
        f"<title>{escape(words.say(title))} {escape(of)}</title><style>{_STYLE}</style><body>{''.join(body)}"
        f'<p class="fine">{escape(printed)}</p>'
        f'<div class="sign">{sign}</div></body></html>'
    )


def _note(pair: Pair, words: Words) -> str:
    return f'<p class="fine">{escape(words.say(pair))}</p>'


def _head(title: Pair, of: str, words: Words) -> str:
    return f'<h1>{_two(title, words)}</h1><p class="of">{escape(of)}</p>'


def _table(heads: Sequence[Pair], rows: str, words: Words, mark: str = "") -> str:
    head = "".join(f"<th>{_two(pair, words)}</th>" for pair in heads)
    return f'<table class="{mark}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _check(row: sheet_rows.Row) -> str:
    """A row of the check sheet: what stands there instead of an opening takes the place of all that one would say."""
    day, *opening, checked, remark = row.cells
    said = _cells(opening) if row.cause == "opened" else f'<td colspan="{len(opening)}">{escape(opening[0])}</td>'
    mark = " class=bad" if row.bad else ""
    rest = "" if row.first else " rest"
    cells = f"{_cells([day])}{said}<td{mark}>{escape(checked)}</td>{_cells([remark])}"
    return f'<tr class="is-{row.cause}{rest}">{cells}</tr>'


def _cells(cells: Iterable[str]) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in cells)


def _two(pair: Pair, words: Words) -> str:
    """In the language of the page, with the other one beside it."""
    first, other = pair if words.language == "zh" else pair[::-1]
    return f'{escape(first)}<span class="other">{escape(other)}</span>'
