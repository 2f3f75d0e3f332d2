"""`strongroom certificate` and `strongroom verify certificate`: the paper of a sealing, and whether it is good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from sqlalchemy import Connection, select

from hub.cli import names
from hub.cli.common import hub_of, look
from hub.core.sealing.certificate import Certificate, NotGood, Slip, certificate_of, check, differences, loose, says
from hub.site_directory.hub import Hub
from hub.store import certificates, looking, queries
from hub.store.certificates import Kept
from hub.store.tables import journal
from wire import keys, notes, tlog
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option


def certificate(
    context: Context,
    which: Annotated[str, Argument(metavar="AREA|NUMBER", help="An area (its newest), or a sealing's number.")],
    pdf: Annotated[Path | None, Option(help="Write the A4 page to this file.")] = None,
    html: Annotated[Path | None, Option(help="Write the page as HTML to this file.")] = None,
    text: Annotated[bool, Option("--text", help="Print the signed note itself.")] = False,
    first: Annotated[
        bool, Option("--first", help="The half from the sealing, although a closing one is there.")
    ] = False,
) -> None:
    """Show the certificate of a sealing, or write it."""
    hub = hub_of(context)
    with hub.reading() as connection:
        kept = _find(connection, which, "sealed" if first else None)
        people = queries.people(connection)
    body = certificate_of(kept.note)
    if text:
        print(kept.note.decode(), end="")
    if pdf or html:
        from hub.reports import certificate as certificate_report  # a page takes libraries that nothing else needs

        _state, site = look(hub)
        page = certificate_report.html(body, kept.slip, site, people)
        if html:
            html.write_text(page, "utf-8")
        if pdf:
            pdf.write_bytes(certificate_report.pdf(page))
    if not (text or pdf or html):
        print(
            f"sealing {body.sealing}, {body.area}, half: {body.half}",
            says(body),
            f"sha256 {kept.sha256}",
            sep="\n",
        )


def _find(connection: Connection, which: str, half: m.Half | None) -> Kept:
    numbers = [int(which)] if which.isdigit() else [one.number for one in certificates.sealings(connection, which)]
    for number in numbers:
        if kept := certificates.find(connection, number, half):
            return kept
    if not which.isdigit() and not numbers:
        names.area(looking.look(connection)[1], which)
    raise Failure(f"there is no certificate of {which} yet; see: strongroom sealing list", 65)


def verify(
    context: Context,
    which: Annotated[str, Argument(metavar="FILE|TEXT", help="A file with the note, or the text of the QR code.")],
    key: Annotated[
        str | None, Option(help="The hub's public key, or a file with it. Without it: that of this hub.")
    ] = None,
) -> None:
    """Check a certificate: offline against the hub's public key, and against the journal where that is at hand."""
    given = Path(which)
    is_file = len(which) < 1000 and "\n" not in which and given.is_file()
    note = given.read_bytes() if is_file else which.strip().encode("utf-8", "surrogateescape") + b"\n"
    hub = None if key else hub_of(context)
    verifier = _key(key or str(hub_of(context).layout.public_key("engine")))
    try:
        body = check(note, verifier, keys.CHECKS)
    except NotGood as error:
        raise Failure(f"REFUSED 不通过: {error}{_where(hub, note)}", 1) from None
    print(f"signed by {verifier.name}: sealing {body.sealing}, {body.area}, half: {body.half}")
    print(body.says if isinstance(body, Slip) else says(body))
    if hub:
        _against_journal(hub, note, body)
        print("GOOD 通过: it is the one in the journal, whose root it names")
    else:
        print("GOOD 通过: the signature is good; no journal was at hand to compare it with")


def _key(given: str) -> notes.VerifierKey:
    text = Path(given).read_text("utf-8") if Path(given).is_file() else given
    try:
        return notes.parse_key(text.strip())
    except notes.NoteError as error:
        raise Failure(str(error), 64) from None


def _where(hub: Hub | None, note: bytes) -> str:
    """Which field differs, where the one that was kept is at hand."""
    if hub is None:
        return ""
    try:
        text = notes.split(note).text
        shown = loose(text)
    except (notes.NoteError, NotGood):
        return ""
    with hub.reading() as connection:
        kept = certificates.find(connection, shown.sealing, shown.half)
    if kept is None:
        return f"; this hub has made no such certificate of sealing {shown.sealing}"
    other = kept.slip if shown.slip else kept.note
    found = differences(text, notes.split(other).text)
    return f"; what differs: {', '.join(found)}" if found else "; the text is as it was made, the signature is not"


def _against_journal(hub: Hub, note: bytes, body: Certificate | Slip) -> None:
    sha256 = body.sha256 if isinstance(body, Slip) else notes.text_hash(notes.split(note).text)
    with hub.reading() as connection:
        rows = queries.journal(connection, kind="certificate-made", place=body.area, limit=10_000)
        made = [row.data for row in rows if isinstance(row.data, m.CertificateMade)]
        if not any(one.sha256 == sha256 and (one.sealing, one.half) == (body.sealing, body.half) for one in made):
            raise Failure("REFUSED 不通过: the journal of this hub knows of no such certificate", 1)
        frontier: tlog.Frontier = ()
        query = select(journal.c.note).where(journal.c.idx < body.size).order_by(journal.c.idx)
        for index, row in enumerate(connection.execution_options(yield_per=1000).execute(query)):
            frontier = tlog.append(index, frontier, tlog.leaf_hash(row.note))
    if tlog.root(frontier).hex() != body.root:
        raise Failure(f"REFUSED 不通过: the journal's first {body.size} entries are not those of then (root)", 1)
