"""`strongroom hub …`: what an administrator does to the hub itself."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from hub.admin import erasing, first_entry, first_papers, restored_from
from hub.admin.backup import make as make_backup
from hub.admin.rebuild import differences, fold_journal, renew
from hub.admin.rebuild import mend as mend_rows
from hub.admin.rebuild import size as journal_size
from hub.admin.restore import Contents, examine, put_files, put_tables
from hub.cli import ask, asking, bringing, names, passwords, progress
from hub.cli.common import actor, hub_of
from hub.core.journal import requests
from hub.core.journal.requests import Actor
from hub.core.refusal import NotPossible
from hub.core.state import State
from hub.door import protocol
from hub.ledger.intact import Changed
from hub.ledger.reading import JournalDamaged
from hub.site_directory.hub import open_hub
from hub.site_directory.layout import Layout
from hub.store import alone, queries, schema, session
from wire import messages as m
from wire.command_line.run import Failure
from wire.command_line.signature import Argument, Context, Option

SHORTEST_PASSWORD = 12


def migrate(context: Context) -> None:
    """Bring a site to this version's form: papers made, keys removed, tables of another shape folded anew."""
    database = open_hub(context.directory).database(writes=True)
    if schema.is_empty(database):
        schema.check(database)  # says what is so, and what to do
    if not schema.is_current(database):
        with alone.locked(database) as take_over:
            schema.prepare(database)
            ours = take_over()
            size = journal_size(ours)
            with _damage(), progress.shown() as show:
                folded = renew(ours, lambda done: show("journal", done, size))
        if folded is not None:
            print(f"{folded} entries folded into new tables")
    for name in first_papers.complete(context.directory, datetime.now(UTC)):
        print(f"papers of {name} are made; now restart broker and engine")
    for name in first_papers.take_away(context.directory):
        print(f"the record key of {name} signs nothing any more and is removed")


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except JournalDamaged as error:
        raise Failure(f"the journal is damaged: {error}", 1) from None


def rebuild(
    context: Context,
    mend: Annotated[bool, Option("--mend", help="Save every row as the journal says.")] = False,
) -> None:
    """Fold the whole journal anew and compare it with the saved projections. Exit code 1 when they differ."""
    hub = hub_of(context)
    with alone.maintaining(hub.database(writes=True)) if mend else nullcontext(hub.database()) as database:
        with session.writing(database) if mend else session.reading(database) as connection:
            with _damage(), progress.shown() as show:
                folded = fold_journal(connection, lambda done: show("journal", done, 0))
            found = differences(connection, folded)
            for one in found:
                print(f"{one.table} {one.key}: saved {one.saved}, the journal says {one.folded}")
            if found and mend:
                mend_rows(connection, folded)
        if found and mend:
            # A service that runs goes on from the state it knows for as long as the journal does not grow.
            hub.on(database).service().act(Actor("admin"), m.RowsMended(count=len(found)))
    print(f"{len(found)} rows differ from what the journal says" + (", mended" if found and mend else ""))
    if found and not mend:
        sys.exit(1)


def backup(
    context: Context,
    file: Annotated[Path, Argument(metavar="FILE", help="A new file; it will hold private keys.")],
    to: Annotated[
        list[str] | None,
        Option(metavar="RECIPIENT", help="Encrypt it for this recipient (age1…); may be given more than once."),
    ] = None,
) -> None:
    """Write the whole hub, keys and journal, into one file. Keep it in a safe, or encrypt it."""
    hub = hub_of(context)
    try:
        with progress.shown() as show:
            size = make_backup(hub.database(), hub.layout, file, show, to or ())
    except Changed as error:
        raise Failure(
            f"no backup was made: {error}. Somebody, or a bad disk, has changed the journal: keep the directory "
            f"{hub.layout.hub} as it is for whoever looks into it, and restore the newest backup",
            1,
        ) from None
    asking.say(hub, m.HubBackedUp(size=size))
    care = "encrypted; keep the identity that reads it in a safe" if to else "keep it in a safe"
    print(f"{file}: {size} entries and the hub's keys; {care}")


def restore(
    context: Context,
    file: Annotated[Path, Argument(metavar="FILE", help="A backup.")],
    login: Annotated[str, Option("--as", help="Login of a system administrator, whose password is then asked for.")],
    second: Annotated[str, Option(help="Login of a security officer, another person, who shows a password too.")],
    reason: Annotated[str, Option(help="Why the hub is put back.")],
    quote: Annotated[
        str | None,
        Option(metavar="FILE|TEXT", help="The newest checkpoint that any node holds, for the new journal to quote."),
    ] = None,
    identity: Annotated[
        Path | None, Option(metavar="FILE", help="For an encrypted backup: the identity that may read it.")
    ] = None,
) -> None:
    """Put a hub back from a backup, into a directory without one. It is an alarm, and two people answer for it."""
    layout = Layout(context.directory.resolve())
    # Before anything is written: whoever may not answer for it, and a bad backup, leave no half a hub behind.
    with progress.shown() as show:
        contents = examine(file, show, identity)
    first, officer = _who_restores(contents, login, second, reason)
    try:
        quotes = restored_from.choose(quote, contents.newest)
    except restored_from.NotToBeQuoted as error:
        raise Failure(f"--quote: {error}", 65) from None
    if quote is None:
        _go_on_without_a_quote()
    _prove(contents, layout, login, second)
    put_files(file, layout, identity)
    first_papers.take_away(layout.root)  # where an earlier version made the backup
    layout.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hub = open_hub(context.directory)
    database = hub.database(writes=True)
    with alone.locked(database) as take_over:
        with progress.shown() as show:
            put_tables(file, database, show, identity)
        first_entry.make_key(layout, first_entry.later_origin(hub.site, datetime.now(UTC)))
        hub = hub.on(take_over())
        size = journal_size(hub.database())
        restored = m.HubRestored(size=size, reason=reason, second=officer)
        # First of all it is another journal: whatever the lost hub had signed beyond the backup is of the one before.
        first_entry.open_journal(hub, restored, person=first, quotes=quotes)
    print(f"restored with {size} entries; the nodes will deliver what they still have beyond that")


def _go_on_without_a_quote() -> None:
    """Later nobody can tell what was lost from what somebody has taken away."""
    print(
        "No node's checkpoint is quoted. On each node run: strongroom node checkpoint\n"
        "and hand the one with the largest number in with --quote. Without it, every paper that bears a checkpoint\n"
        "from after the backup will prove this journal wrong.",
        file=sys.stderr,
    )
    if sys.stdin.isatty():
        ask.agreed("Go on without one?")


def _prove(backup: Contents, layout: Layout, *logins: str) -> None:
    """Both show their passwords, as they are in the backup. Raises Failure."""
    from hub.sign_in.passwords import Passwords

    for login in logins:
        if not Passwords().fits(passwords.of(layout, login), backup.accounts[login].password):
            raise Failure(f"this is not the password of {login}; nothing was changed", 77)


def _who_restores(backup: Contents, login: str, second: str, reason: str) -> tuple[int, int]:
    """The numbers of both, as the backup knows them. Raises NotPossible."""
    accounts = backup.accounts
    for name in (login, second):
        if name not in accounts:
            raise NotPossible("no such account in the backup", name)
    who, officer = accounts[login].actor, accounts[second].actor.person or 0
    requests.accept(State(), backup.site, who, m.HubRestored(size=0, reason=reason, second=officer))
    return who.person or 0, officer


def erase(
    context: Context,
    person: Annotated[int, Argument(metavar="PERSON", help="Number of the person in the journal.")],
    login: Annotated[str, Option("--as", help="Login of a system administrator, whose password is then asked for.")],
    second: Annotated[str, Option(help="Login of a security officer, another person, who shows a password too.")],
    reason: Annotated[str, Option(help="Why. Goes into the journal, without the name.")],
) -> None:
    """Erase name, telephone, e-mail and accounts of a person who has left. The journal keeps the number alone."""
    hub = hub_of(context)
    with hub.reading() as connection:
        people = queries.people(connection)
    if person not in people:
        raise names.refused("person", person, (f"{one} {name}" for one, name in people.items()), "people")
    two = [(one, actor(hub, one).person or 0) for one in (login, second)]
    erased = m.PersonErased(erased=person, reason=reason, second=two[1][1])
    bringing.bring(hub, lambda _state, _site: [erased], people=two)
    erasing.from_contacts(hub)
    print(f"person {person} is a number from now on; older backups and papers still have the name")


def password(
    context: Context,
    login: Annotated[str, Argument(metavar="LOGIN")],
    generate: Annotated[bool, Option("--generate", help="Make one and print it once.")] = False,
) -> None:
    """Set the password of an account that the site document names. Whoever is signed in by it is signed out."""
    from hub.sign_in.passwords import hashed

    hub = hub_of(context)
    changed = m.PasswordSet(person=actor(hub, login).person or 0)
    new = secrets.token_urlsafe(12) if generate else _asked()
    kept = hashed(new)  # takes its time on purpose, and nobody is to wait for it
    bringing.bring(hub, lambda _state, _site: [changed], protocol.Password(login, kept))
    if generate:
        print(new)


def _asked() -> str:
    new = getpass.getpass("new password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(new) < SHORTEST_PASSWORD:
        raise Failure(f"a password has at least {SHORTEST_PASSWORD} characters", 65)
    if sys.stdin.isatty() and getpass.getpass("once more: ") != new:
        raise Failure("that was another one", 65)
    return new
