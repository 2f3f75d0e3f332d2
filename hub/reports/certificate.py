"""The certificate of a sealing as an A4 page: Chinese, with English beneath, and a QR code with its signed slip.

WeasyPrint makes the PDF. It is imported in `pdf` alone, which the command line calls, and this module when it is run by
itself: no service carries it. It is long since the page is read from top to bottom.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from html import escape

import segno
from msgspec import UnsetType

from hub.core import pseudonyms
from hub.core.sealing import certificate
from hub.core.sealing.certificate import Certificate, Closing, Seal
from hub.core.site.document import Site, in_language
from wire import moments, notes
from wire.checkpoint import Checkpoint
from wire.paper import to_words

_STYLE = """
@page { size: A4; margin: 16mm 16mm 14mm }
@page { @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font-family: "Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Serif", serif; font-size: 10pt; line-height: 1.35 }
h1 { font-size: 20pt; text-align: center; margin: 0; letter-spacing: .2em }
.en { color: #444; font-size: 8pt; letter-spacing: 0; font-weight: normal; display: block }
.verdict { border: 1.5pt solid #000; padding: 3mm; margin: 4mm 0; font-size: 14pt; text-align: center }
table { width: 100%; border-collapse: collapse; margin: 2mm 0 4mm; font-size: 8.5pt }
th, td { border: .4pt solid #666; padding: 1mm 1.5mm; text-align: left; vertical-align: top }
td .en, .facts th .en, .foot .en { display: inline; margin-left: 1mm }
td.n { text-align: right; white-space: nowrap }
th { background: #eee }
.foot { display: flex; gap: 5mm } .foot code { display: block; margin-bottom: 1mm }
.foot svg { width: 42mm; height: 42mm; flex: none }
code { font-family: "Noto Sans Mono", monospace; font-size: 7pt; word-break: break-all }
.sign { display: flex; gap: 10mm; margin-top: 8mm } .sign div { flex: 1; border-top: .5pt solid #000; padding-top: 1mm }
"""


def html(body: Certificate, slip: bytes, site: Site, people: Mapping[int, str]) -> str:
    """The page. `people`: names by number, as far as they are known; a name that was erased is shown as its number."""
    page = _Page(body, site, people)
    code = segno.make(slip.decode(), error="m", micro=False).svg_inline(scale=2, border=2)
    title = ("封存证书", "Certificate of sealing") if body.closing is None else ("启封证书", "Certificate of unsealing")
    parts = [
        f"<h1>{_two(*title)}</h1>",
        f'<p style="text-align:center">{_e(in_language(site.title, "zh"))} · {_e(page.area("zh"))}'
        f'<span class="en">{_e(in_language(site.title, "en"))} · {_e(page.area("en"))}</span></p>',
        f'<div class="verdict">{_e(_verdict(body))}<span class="en">{_e(certificate.says(body))}</span></div>',
        page.facts(),
        page.seals(),
        page.exceptions(),
        page.ledger(),
        '<div class="foot">' + code + "<div>" + page.proof() + "</div></div>",
        '<div class="sign">' + "".join(f"<div>{_e(page.person(one))}</div>" for one in page.signers()) + "</div>",
    ]
    head = f"<!doctype html><html lang='zh'><meta charset='utf-8'><title>{title[0]} {body.sealing}</title>"
    return f"{head}<style>{_STYLE}</style><body>{''.join(parts)}</body></html>"


def pdf(page: str) -> bytes:
    """The page as PDF. Needs the Debian libraries of Pango and a Chinese font."""
    from weasyprint import HTML

    made: bytes = HTML(string=page, url_fetcher=_nothing_else).write_pdf()
    return made


def _nothing_else(url: str) -> dict[str, object]:
    raise ValueError(f"a certificate fetches nothing: {url[:80]}")


def _e(text: str) -> str:
    return escape(text, quote=True)


def _two(zh: str, en: str) -> str:
    return f'{_e(zh)}<span class="en">{_e(en)}</span>'


def _verdict(body: Certificate) -> str:
    closing = body.closing
    if closing is None:
        return f"已封存：{len(body.points)} 个监测点，例外 {len(body.exceptions)} 项"
    minutes = max(0, closing.ended - body.sealed) // 60_000
    time = f"{minutes // 1440} 天 {minutes // 60 % 24} 小时 {minutes % 60} 分"
    word = "完好" if certificate.intact(closing, body.seals) else "不完好"
    return f"{word}：{time}，开启 {closing.openings} 次，未受监视 {-(-certificate.worst_blind(closing) // 1000)} 秒"


def _seconds(ms: int) -> str:
    return f"{ms / 1000:,.3f}".rstrip("0").rstrip(".")


class _Page:
    def __init__(self, body: Certificate, site: Site, people: Mapping[int, str]) -> None:
        self._body = body
        self._site = site
        self._people = people

    def area(self, language: str) -> str:
        found = self._site.areas.get(self._body.area)
        return in_language(found.title, language) if found else self._body.area

    def person(self, number: int | None) -> str:
        if number is None:
            return "—"
        name = self._people.get(number)
        return f"{name}（{number}）" if name else str(number)

    def written(self, text: str) -> str:
        return pseudonyms.show(text, self._people)

    def _thing(self, place: str) -> str:
        found = self._site.points.get(place)
        return _two(in_language(found.title, "zh"), in_language(found.title, "en")) if found else _e(place)

    def _time(self, ms: int | None) -> str:
        if ms is None:
            return "—"
        return moments.short(ms, self._site.zone)

    def signers(self) -> Iterable[int]:
        closing = self._body.closing
        return closing.people or closing.signed if closing else self._body.people

    def _people_of(self, numbers: Iterable[int]) -> str:
        return "、".join(self.person(one) for one in numbers) or "—"

    def facts(self) -> str:
        body, closing = self._body, self._body.closing
        rows = [
            ("封存编号", "Sealing no.", str(body.sealing)),
            ("封存人", "Sealed by", self._people_of(body.people)),
            ("封存时间", "Sealed at", self._time(body.sealed)),
            ("计划启封", "Planned until", self._time(body.planned_until)),
        ]
        if not isinstance(body.held, UnsetType):
            rows += [
                ("可刷卡启封人", "Whose badges end it", self._people_of(body.held.people)),
                ("由节点保持", "Held by the node", body.held.node),
            ]
        if closing:
            rows += _closing_rows(self, closing)
        cells = [f"<th>{_two(zh, en)}</th><td>{_e(value)}</td>" for zh, en, value in rows]
        lines = (f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
        return f'<table class="facts">{"".join(lines)}</table>'

    def seals(self) -> str:
        if not self._body.seals:
            return ""
        heads = [
            ("封条", "Seal"),
            ("编号", "Number"),
            ("报号", "Said by"),
            ("回路基准", "Loop"),
            ("启封核对", "Read again"),
        ]
        rows = [
            [
                self._thing(one.point),
                _e(one.number),
                _e(self._people_of(one.said_by)),
                _e(_loop(one)),
                _e(one.read or "—"),
            ]
            for one in self._body.seals
        ]
        return _table(heads, rows)

    def exceptions(self) -> str:
        if not self._body.exceptions:
            return f"<p>{_two('无例外。', 'No exceptions.')}</p>"
        heads = [("例外", "Exception"), ("理由", "Reason"), ("签字人", "Signed by")]
        rows = [
            [self._thing(one.point), _e(self.written(one.reason)), _e(self.person(one.signed_by))]
            for one in self._body.exceptions
        ]
        return _table(heads, rows)

    def ledger(self) -> str:
        closing = self._body.closing
        if closing is None:
            return _table([("监测点", "Points")], [["　".join(self._thing_zh(one) for one in self._body.points)]])
        heads = [
            ("监测点", "Point"),
            ("监视（秒）", "Watched, s"),
            ("报警", "In alarm"),
            ("故障", "In trouble"),
            ("失察", "Blind"),
            ("旁路", "Bypassed"),
            ("校时", "Clock steps"),
        ]
        rows = [
            [
                self._thing(one.point),
                *(_seconds(ms) for ms in (one.watched, one.alarm, one.trouble, one.blind, one.bypassed, one.steps)),
            ]
            for one in closing.lines
        ]
        steps = "".join(
            f"<p>{_e(one.node)}：{self._time(one.wall)}，{_seconds(one.by)} s"
            f'<span class="en">the clock of {_e(one.node)} was set by {_seconds(one.by)} s</span></p>'
            for one in closing.steps
        )
        return _table(heads, rows, numbers=True) + steps

    def _thing_zh(self, place: str) -> str:
        found = self._site.points.get(place)
        return _e(in_language(found.title, "zh") if found else place)

    def proof(self) -> str:
        body = self._body
        sha256 = notes.text_hash(certificate.encode(body))
        lines = [
            _two("扫码所得文字可离线核验：", "The text of the code can be checked offline:"),
            "<code>strongroom verify certificate TEXT</code>",
            _two("本证书摘要", "SHA-256 of this certificate"),
            f"<code>{sha256}</code>",
            *self.held(),
            _two(f"日志 {body.size} 条，树根", f"Journal of {body.size} entries, root"),
            f"<code>{body.root}</code>",
            *self.words(),
        ]
        return "".join(lines)

    def held(self) -> list[str]:
        """The hash under which the node holds the sealing."""
        held = self._body.held
        if isinstance(held, UnsetType):
            return []
        return [
            _two("节点签署的所持内容摘要", "SHA-256 of what the node holds, as it has signed it"),
            f"<code>{held.sha256}</code>",
            *self._changes(),
        ]

    def _changes(self) -> Iterable[str]:
        """What it has held since each change."""
        held = self._body.held
        if isinstance(held, UnsetType) or isinstance(held.changes, UnsetType):
            return
        for one in held.changes:
            at = self._time(one.at)
            yield _two(f"经两人准许更改，自 {at} 起", f"As two people have changed it, from {at}")
            yield f"<code>{one.sha256}</code>"

    def words(self) -> list[str]:
        """The journal at that point in words that a person can read aloud and type."""
        body = self._body
        if isinstance(body.origin, UnsetType):
            return []  # made before certificates said whose journal it is
        spoken = to_words(Checkpoint(body.origin, body.size, bytes.fromhex(body.root)))
        counted = "　".join(f"{at}. {word}" for at, word in enumerate(spoken, 1))
        return [
            _two("同一内容的词，供核验时输入（--seen）", "The same in words, to be typed after --seen"),
            f"<code>{counted}</code>",
        ]


def _closing_rows(page: _Page, closing: Closing) -> list[tuple[str, str, str]]:
    away = _seconds(closing.hub_away)
    rows = [
        ("启封时间", "Ended at", page._time(closing.ended)),
        ("启封人", "Unsealed by", page._people_of(closing.people)),
        ("事由", "Cause", page.written(closing.cause)),
        ("批准人", "Approved by", page.person(closing.approved_by)),
        ("报警次数", "Alarms", str(closing.alarms)),
        ("主机不在岗（秒）", "Hub away, s", away),
    ]
    if closing.emergency_by is not None:
        rows.append(("紧急开启", "Emergency opening by", page.person(closing.emergency_by)))
        rows.append(("事后签字", "Signed afterwards", page._people_of(closing.signed)))
    if closing.unconfirmed:
        rows.append(("从未确认启封的节点", "Nodes that never confirmed", ", ".join(closing.unconfirmed)))
    return rows


def _loop(seal: Seal) -> str:
    """What is known of a seal's loop at the sealing."""
    if isinstance(seal.ohms, int):
        return f"{seal.baseline}, {seal.ohms} Ω"
    return f"{seal.baseline}；未测电阻 (not measured)"


def _table(heads: list[tuple[str, str]], rows: list[list[str]], numbers: bool = False) -> str:
    head = "".join(f"<th>{_two(*one)}</th>" for one in heads)
    mark = ' class="n"' if numbers else ""
    lines = "".join(
        "<tr>" + "".join(f"<td{mark if at else ''}>{cell}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{lines}</table>"


if __name__ == "__main__":
    # A page on standard input, as PDF on standard output.
    sys.stdout.buffer.write(pdf(sys.stdin.buffer.read().decode()))
