"""What root's command brings: journalled byte for byte, with what lies beside the journal, and nobody else's for it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from hub.admin import rebuild
from hub.core.refusal import NotPossible
from hub.core.site.document import Account, Site
from hub.core.state import Life
from hub.documents import site as site_file
from hub.door import protocol
from hub.door.protocol import Asked, Bring, Document, Password, Refused
from hub.site_directory.layout import Asker, Signer
from hub.store import queries, tables
from tests.support.databases import BADGE_KEY, StoreHouse
from tests.support.paper import LIU_YANG, WANG_FANG, ZHAO_MIN, demo_site
from tests.support.root import Root
from wire import keys
from wire import messages as m

KEPT = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"


@pytest.fixture
def root(house: StoreHouse) -> Root:
    return Root(house)


def entries(house: StoreHouse, kind: str) -> list[Any]:
    return [row.message.data for row in house.read(lambda connection: queries.journal(connection, kind=kind))]


def everything(house: StoreHouse) -> str:
    """All rows of all tables."""
    return str(house.read(lambda one: [one.execute(select(table)).all() for table in tables.metadata.sorted_tables]))


def refused(house: StoreHouse, reason: str, bring: Any) -> None:
    before = everything(house)
    with pytest.raises(NotPossible, match=reason):
        bring()
    assert everything(house) == before


# ---------------------------------------------------------------- a site document


def with_a_clerk(site: Site) -> Site:
    """陈杰 gets an account."""
    return replace(site, account=(*site.account, Account("chenjie", 1004, ("duty",))))


class Applying:
    """All that belongs to putting the document in force, which a test may spoil."""

    def __init__(self, house: StoreHouse, root: Root, site: Site) -> None:
        self.root = root
        text, beside = site_file.stored(site, BADGE_KEY), site_file.beside(site)
        self.document = Document(text, beside.people, beside.accounts)
        self.facts = site_file.facts(*house.engine.look(), site, site_file.sha256(text))

    def brings(self, service: Signer = "admin") -> protocol.Done:
        notes = [self.root.signs(fact, service=service) for fact in self.facts]
        return self.root.brings(*notes, beside=self.document)


def test_a_document_is_in_force_with_its_people_and_accounts(house: StoreHouse, root: Root) -> None:
    version = house.engine.look()[0].meta.site_version
    Applying(house, root, with_a_clerk(demo_site())).brings()
    state, site = house.engine.look()
    assert state.meta.site_version == version + 1
    assert 1004 in {one.cardholder for one in site.account}
    account = house.read(lambda connection: queries.account(connection, "chenjie"))
    assert (account.person, account.password) == (1004, site_file.NO_PASSWORD)
    assert entries(house, "account-made")[-1] == m.AccountMade(person=1004, roles=("duty",))
    house.check_services()


def test_it_stands_there_as_it_was_signed(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, demo_site())
    note = root.signs(applying.facts[0])
    root.brings(note, *map(root.signs, applying.facts[1:]), beside=applying.document)
    kept = house.read(lambda connection: connection.execute(select(tables.journal.c.note)).scalars().all())
    assert note.encode() in kept


def test_a_document_of_another_hash_is_refused(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, demo_site())
    text = applying.document.text.replace("archive", "archivo")
    applying.document = msgspec.structs.replace(applying.document, text=text)
    refused(house, "changed-meanwhile", applying.brings)


def test_an_account_that_no_fact_names_is_refused(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, demo_site())
    accounts = (*applying.document.accounts, Account("mallory", 1004, ("security",)))
    applying.document = msgspec.structs.replace(applying.document, accounts=accounts)
    refused(house, "not-valid", applying.brings)


def test_an_account_in_another_role_than_the_fact_says_is_refused(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, with_a_clerk(demo_site()))
    applying.facts[-1] = m.AccountMade(person=1004, roles=("security",))
    refused(house, "changed-meanwhile", applying.brings)


def test_a_fact_that_is_left_out_is_missed(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, with_a_clerk(demo_site()))
    applying.facts.pop()
    refused(house, "changed-meanwhile", applying.brings)


def test_somebody_elses_name_is_refused(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, demo_site())
    people = (msgspec.structs.replace(applying.document.people[0], number=4711), *applying.document.people[1:])
    applying.document = msgspec.structs.replace(applying.document, people=people)
    refused(house, "not-valid", applying.brings)


def test_of_two_who_apply_at_once_the_second_has_to_look_again(house: StoreHouse, root: Root) -> None:
    first, second = (Applying(house, root, site) for site in (demo_site(), with_a_clerk(demo_site())))
    first.brings()
    refused(house, "site-changed", second.brings)


def test_what_the_engine_itself_has_signed_is_none_of_roots(house: StoreHouse, root: Root) -> None:
    refused(house, "not-signed", lambda: Applying(house, root, demo_site()).brings("engine"))


def test_a_document_comes_with_a_document(house: StoreHouse, root: Root) -> None:
    applying = Applying(house, root, demo_site())
    refused(house, "not-allowed", lambda: root.brings(*map(root.signs, applying.facts)))


# ---------------------------------------------------------------- nodes


def enrolled(name: str = "archive-1", life: int = 1) -> m.NodeEnrolled:
    record, witness = (keys.make(keys.key_name("demo", name, use)) for use in ("record", "witness"))
    return m.NodeEnrolled(
        node=name, life=life, record_key=str(record.public), witness_key=str(witness.public), serial="1", last_seq=0
    )


def test_a_node_is_let_in_and_put_out(house: StoreHouse, root: Root) -> None:
    root.brings(root.signs(enrolled()))
    root.brings(root.signs(m.NodeRevoked(node="archive-1", reason="stolen")))
    (life,) = house.engine.look()[0].all(Life)
    assert (life.node, life.life, life.revoked) == ("archive-1", 1, True)


def test_what_was_committed_is_not_done_a_second_time(house: StoreHouse, root: Root) -> None:
    note = root.signs(enrolled())
    assert not root.brings(note, number="one").again
    assert root.brings(note, number="one").again
    assert len(entries(house, "node-enrolled")) == 1


def test_a_life_that_was_opened_meanwhile_is_not_opened_again(house: StoreHouse, root: Root) -> None:
    house.node("archive-1")
    refused(house, "life-taken", lambda: root.brings(root.signs(enrolled())))


def test_a_node_comes_alone(house: StoreHouse, root: Root) -> None:
    two = [root.signs(enrolled(name)) for name in ("archive-1", "cipher-1")]
    refused(house, "not-allowed", lambda: root.brings(*two))
    refused(house, "not-allowed", lambda: root.brings(two[0], beside=Password("wangfang", KEPT)))


def test_the_journal_folds_to_what_is_saved_although_it_was_signed_some_time_before(
    house: StoreHouse, root: Root
) -> None:
    note = root.signs(enrolled())
    house.clock.forward(59)
    root.brings(note)
    root.brings(root.signs(m.PasswordSet(person=WANG_FANG)), beside=Password("wangfang", KEPT))
    folded = house.read(lambda connection: rebuild.fold_journal(connection, lambda _size: None))
    assert house.read(lambda connection: rebuild.differences(connection, folded)) == []


# ---------------------------------------------------------------- passwords


def password(house: StoreHouse, login: str) -> str:
    return str(house.read(lambda connection: queries.account(connection, login)).password)


def test_a_new_password_is_on_record_and_whoever_was_signed_in_is_so_no_more(house: StoreHouse, root: Root) -> None:
    root.signs_in("wangfang")
    root.signs_in("liuyang")
    root.brings(root.signs(m.PasswordSet(person=WANG_FANG)), beside=Password("wangfang", KEPT))
    assert password(house, "wangfang") == KEPT
    assert entries(house, "password-set") == [m.PasswordSet(person=WANG_FANG)]
    logins = house.read(lambda connection: connection.execute(select(tables.session.c.login)).scalars().all())
    assert logins == ["liuyang"]
    house.check_services()


def test_it_is_that_of_the_person_whom_the_fact_names(house: StoreHouse, root: Root) -> None:
    for login in ("wangfang", "nobody"):
        refused(
            house,
            "account-unknown",
            lambda login=login: root.brings(root.signs(m.PasswordSet(person=LIU_YANG)), beside=Password(login, KEPT)),
        )


@pytest.mark.parametrize("kept", ["", "!", "correct horse battery", "$argon2id$\n", "$argon2id$" + "x" * 300])
def test_what_is_kept_of_a_password_is_a_hash_and_nothing_else(house: StoreHouse, root: Root, kept: str) -> None:
    ask = Bring(notes=(root.signs(m.PasswordSet(person=WANG_FANG)),), beside=Password("wangfang", kept))
    body = protocol.pack(Asked(v=1, id="1", ask=ask))[protocol.HEADER :]
    with pytest.raises(protocol.NotValid):
        protocol.read_request(body)


# ---------------------------------------------------------------- who brings


@pytest.mark.parametrize("asker", ["console", "notify"])
def test_nobody_but_roots_command_brings(house: StoreHouse, root: Root, asker: Asker) -> None:
    before = everything(house)
    ask = Bring(notes=(root.signs(enrolled()),))
    assert root.desk.ask(asker, Asked(v=1, id="1", ask=ask)) == Refused("not-allowed")
    assert everything(house) == before


@pytest.mark.parametrize(
    "fact",
    [
        m.HubRestored(size=1, reason="x", second=LIU_YANG),
        m.AccountMade(person=1004, roles=("security",)),
        m.JournalOpened(origin="strongroom/demo/journal/2", checkpoint_key="x", services={}),
    ],
)
def test_what_changes_people_or_origin_by_itself_is_not_brought(
    house: StoreHouse, root: Root, fact: m.FactData
) -> None:
    refused(house, "not-allowed", lambda: root.brings(root.signs(fact)))


def test_nobody_is_named_who_has_not_signed_in(house: StoreHouse, root: Root) -> None:
    note = root.signs(m.NodeRevoked(node="archive-1", reason="x"), ZHAO_MIN)
    refused(house, "not-allowed", lambda: root.brings(note))
