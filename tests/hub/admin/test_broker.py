"""The broker's rules, each tried on a real Mosquitto. Cast: nodes archive-1 and cipher-1, the engine, one stranger."""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from paho.mqtt.client import Client, ConnectFlags
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from hub.admin import admission
from hub.admin.authority import PapersError
from hub.admin.broker import TEMPLATES, restart
from hub.admin.first_papers import init
from hub.core.nodes.liveness import Liveness
from hub.engine.outbound import Outbound
from hub.site_directory import broker as broker_settings
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout
from tests.support.broker import SITE, Broker, let_in, make_site, node_papers
from tests.support.crowd import crowd
from tests.support.paper import PaperHub
from tests.support.party import Party
from wire import keys, link, notes, topics
from wire import messages as m

NODE = f"strongroom/1/{SITE}/node"
CHECKPOINT_KEY = f"strongroom/{SITE}/journal+00000000+AA=="

Enter = Callable[..., Party]


class Notebook:
    """A journal that only writes down."""

    def __init__(self) -> None:
        self.facts: list[m.FactData] = []

    def node_life(self, node: str) -> tuple[int, int]:
        return 0, 0

    def was_revoked(self, record_key: str) -> bool:
        return False

    def checkpoint_key(self) -> str:
        return CHECKPOINT_KEY

    def bring(self, make: Callable[[], admission.F]) -> admission.F:
        made = make()
        self.facts.append(made)
        return made


@pytest.fixture
def party(broker: Broker) -> Iterator[Enter]:
    """Makes somebody on the broker: a service by its own papers, anybody else as a node with new ones."""
    parties = []

    def make(
        name: str, *subscriptions: str, papers: link.TlsFiles | None = None, client_id: str | None = None
    ) -> Party:
        if papers is None:
            service = name in topics.RESERVED
            papers = broker.layout.papers(name) if service else node_papers(broker.layout, name)
        parties.append(Party(client_id or name, broker.port, papers, *subscriptions))
        return parties[-1]

    yield make
    for one in parties:
        one.leave()


# --- own topics, and nobody else's -----------------------------------------------------------------------------------


def test_a_record_under_the_own_name_reaches_the_engine(party: Enter) -> None:
    engine = party("engine", topics.every_node(SITE, "record")).join()
    archive = party("archive-1").join()
    assert archive.publish(topics.record(SITE, "archive-1"), b"opened") == "Success"
    assert engine.hears() == (topics.record(SITE, "archive-1"), b"opened")


def test_the_engines_second_connection_hears_nodes_and_says_nothing(party: Enter) -> None:
    slow = party(topics.SLOW, topics.record(SITE, "archive-1")).join()
    archive = party("archive-1", topics.receipt(SITE, "archive-1")).join()
    archive.publish(topics.record(SITE, "archive-1"), b"opened")
    assert slow.hears() == (topics.record(SITE, "archive-1"), b"opened")
    for topic in (topics.receipt(SITE, "archive-1"), topics.order(SITE, "archive-1"), topics.journal(SITE)):
        assert slow.publish(topic, b"forged") == "Not authorized"


@pytest.mark.parametrize("leaf", ["record", "beat"])
def test_a_node_that_writes_under_anothers_name_is_refused_and_not_heard(party: Enter, leaf: str) -> None:
    engine = party("engine", topics.every_node(SITE, "+")).join()
    archive = party("archive-1").join()
    assert archive.publish(f"{NODE}/cipher-1/{leaf}", b"forged") == "Not authorized"
    archive.publish(topics.record(SITE, "archive-1"), b"honest")
    assert engine.hears() == (topics.record(SITE, "archive-1"), b"honest")


@pytest.mark.parametrize(
    "topic",
    [
        f"{NODE}/archive-1/order",
        f"{NODE}/archive-1/receipt",
        f"{NODE}/archive-1/record/more",
        f"{NODE}/archive-1/anything",
        f"{NODE}/engine/record",
        f"strongroom/1/{SITE}/hub/beat",
        f"strongroom/1/{SITE}/checkpoint",
        f"strongroom/1/{SITE}/journal",
        "strongroom/1/another/node/archive-1/record",
        "$SYS/broker/uptime",
        "$CONTROL/dynamic-security/v1",
    ],
)
def test_a_node_may_write_nothing_but_its_records_and_beats(party: Enter, topic: str) -> None:
    assert party("archive-1").join().publish(topic, b"forged") == "Not authorized"


def test_a_node_hears_its_own_orders_and_not_anothers(party: Enter) -> None:
    archive = party("archive-1", f"{NODE}/+/order", f"{NODE}/cipher-1/receipt", "strongroom/#", "$SYS/#").join()
    cipher = party("cipher-1", topics.order(SITE, "cipher-1")).join()
    engine = party("engine").join()
    for topic in (f"{NODE}/cipher-1/receipt", topics.order(SITE, "cipher-1"), topics.journal(SITE)):
        assert engine.publish(topic, b"not for archive-1") == "Success"
    engine.publish(topics.order(SITE, "archive-1"), b"for archive-1")
    assert cipher.hears() == (topics.order(SITE, "cipher-1"), b"not for archive-1")
    assert archive.hears() == (topics.order(SITE, "archive-1"), b"for archive-1")


@pytest.mark.parametrize("topic", [topics.hub_beat(SITE), f"strongroom/1/{SITE}/checkpoint"])
def test_every_node_hears_what_the_engine_tells_all(party: Enter, topic: str) -> None:
    nodes = [party(name, topic).join() for name in ("archive-1", "cipher-1")]
    party("engine").join().publish(topic, b"all is well")
    assert [node.hears() for node in nodes] == [(topic, b"all is well")] * 2


@pytest.mark.parametrize("service", ["console", "notify", "admin"])
def test_the_other_services_hear_beats_and_of_the_journal_and_speak_of_nothing(party: Enter, service: str) -> None:
    one = party(service, "strongroom/#").join()
    archive = party("archive-1").join()
    engine = party("engine").join()
    archive.publish(topics.record(SITE, "archive-1"), b"not for it")
    engine.publish(topics.order(SITE, "archive-1"), b"not for it")
    heard = [topics.beat(SITE, "archive-1"), topics.hub_beat(SITE), topics.journal(SITE)]
    for who, topic in zip((archive, engine, engine), heard, strict=True):
        assert who.publish(topic, b"1") == "Success"
        assert one.hears() == (topic, b"1")  # one at a time: messages of two senders have no order
    for topic in (
        topics.journal(SITE),
        topics.order(SITE, "archive-1"),
        topics.receipt(SITE, "archive-1"),
        topics.hub_beat(SITE),
    ):
        assert one.publish(topic, b"forged") == "Not authorized"  # it asks the engine at its door


def test_the_engine_may_send_whatever_the_contract_has_it_send(party: Enter) -> None:
    engine = party("engine").join()
    for kind, rule in m.RULES.items():
        if rule.topic and "engine" in rule.sender:
            topic = f"strongroom/1/{SITE}/{rule.topic.format(node='archive-1')}"
            assert engine.publish(topic, b"1") in {"Success", "No matching subscribers"}, kind


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_without_a_certificate_nobody_is_let_in(broker: Broker) -> None:
    context = ssl.create_default_context(cafile=str(broker.layout.tls / "ca.crt"))
    with (
        socket.create_connection(("127.0.0.1", broker.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
        pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"),
    ):
        sock.recv(1)


def test_older_tls_is_not_spoken(broker: Broker) -> None:
    context = ssl.create_default_context(cafile=str(broker.layout.tls / "ca.crt"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", broker.port)) as plain, pytest.raises(ssl.SSLError, match="VERSION"):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_papers_of_this_site_are_let_in(broker: Broker) -> None:
    assert let_in(broker.port, node_papers(broker.layout, "archive-1"))


def test_papers_of_another_authority_are_refused(broker: Broker, tmp_path: Path) -> None:
    stranger = node_papers(make_site(tmp_path / "other"), "archive-1")
    stranger = stranger._replace(authority=broker.layout.tls / "ca.crt")
    assert not let_in(broker.port, stranger)


def test_the_brokers_own_papers_let_nobody_in(broker: Broker) -> None:
    own = broker.layout.broker
    papers = link.TlsFiles(own / "ca.crt", own / "broker.crt", own / "broker.key")
    assert not let_in(broker.port, papers)


def test_a_nodes_papers_do_not_pass_for_the_brokers(broker: Broker) -> None:
    node = node_papers(broker.layout, "archive-1")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(node.certificate, node.key)
    client = ssl.create_default_context(cafile=str(node.authority))
    client.check_hostname = False
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    side = client.wrap_bio(here, there)
    other = server.wrap_bio(there, here, server_side=True)
    for one in (side, other):
        with pytest.raises(ssl.SSLWantReadError):
            one.do_handshake()
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        side.do_handshake()


def test_a_name_in_the_connect_packet_counts_for_nothing(party: Enter, broker: Broker) -> None:
    liar = party("archive-1", client_id="engine")
    liar.client.username_pw_set("engine", "x")
    liar.join()
    assert liar.publish(topics.hub_beat(SITE), b"forged") == "Not authorized"
    assert liar.publish(topics.record(SITE, "archive-1"), b"own") != "Not authorized"


def test_nobody_takes_over_anothers_session(party: Enter) -> None:
    cipher = party("cipher-1").join()
    archive = party("archive-1", client_id="cipher-1").join()
    archive.publish(topics.record(SITE, "archive-1"), b"1")
    assert cipher.publish(topics.record(SITE, "cipher-1"), b"1") != "Not authorized"
    assert not cipher.lost_connection()


# --- revoking --------------------------------------------------------------------------------------------------------


def test_a_revoked_nodes_open_connection_ends_and_it_is_not_let_in_again(party: Enter, broker: Broker) -> None:
    papers = node_papers(broker.layout, "archive-1")
    archive = party("archive-1", papers=papers).join()
    cipher = party("cipher-1").join()
    journal = Notebook()
    gone = admission.expel(broker.layout, "archive-1", "stolen", journal, datetime.now(UTC))
    assert gone.broker_restarted
    assert journal.facts == [m.NodeRevoked(node="archive-1", reason="stolen")]
    archive.next(link.Disconnected)
    broker.wait_ended()
    broker.start()  # as its supervisor does
    cipher.back()
    assert not let_in(broker.port, papers)


def test_revoking_without_a_broker_is_heeded_at_its_start(broker: Broker) -> None:
    papers = node_papers(broker.layout, "archive-1")
    assert let_in(broker.port, papers)
    broker.kill()
    gone = admission.expel(broker.layout, "archive-1", "stolen", Notebook(), datetime.now(UTC))
    assert gone.broker_restarted is False
    broker.start()
    assert not let_in(broker.port, papers)


def test_revoking_again_goes_on_without_a_second_entry(broker: Broker) -> None:
    node_papers(broker.layout, "archive-1")
    journal = Notebook()
    for _ in range(2):
        admission.expel(broker.layout, "archive-1", "stolen", journal, datetime.now(UTC))
        broker.wait_ended()
        broker.start()
    assert len(journal.facts) == 1


def test_who_never_had_papers_cannot_be_revoked(broker: Broker) -> None:
    for name in ("archive-1", "engine", "broker", "https"):
        with pytest.raises(PapersError, match="never had papers"):
            admission.expel(broker.layout, name, "typing mistake", Notebook(), datetime.now(UTC))


def test_a_stale_pid_file_ends_nobody_else(broker: Broker, tmp_path: Path) -> None:
    pid = broker.pid
    other = make_site(tmp_path / "other")
    other.broker_pid.write_text(f"{pid}\n")
    assert restart(other) is False
    assert broker.pid == pid
    broker.stop()


# --- how it behaves --------------------------------------------------------------------------------------------------


def test_a_retained_message_is_refused_and_not_kept(party: Enter) -> None:
    engine = party("engine").join()
    engine.client.publish(topics.order(SITE, "archive-1"), b"open for ever", qos=0, retain=True)
    assert engine.next(link.Disconnected).reason == "Retain not supported"
    archive = party("archive-1", topics.order(SITE, "archive-1")).join()
    engine.back()
    engine.publish(topics.order(SITE, "archive-1"), b"self-test")
    assert archive.hears() == (topics.order(SITE, "archive-1"), b"self-test")


def test_answers_do_not_wait_for_the_other_side(party: Enter) -> None:
    """A message and its answer by way of the broker: 1 ms; 80 ms where one socket holds small packets back."""
    engine = party("engine", topics.every_node(SITE, "record")).join()
    archive = party("archive-1", topics.receipt(SITE, "archive-1")).join()

    def took() -> float:
        began = time.perf_counter()
        archive.link.publish(topics.record(SITE, "archive-1"), b"opened", 1)
        engine.hears()
        engine.link.publish(topics.receipt(SITE, "archive-1"), b"got it", 1)
        archive.hears()
        return time.perf_counter() - began

    assert any(took() < 0.02 for _ in range(500))  # one is enough: a small packet that is held back is so every time


def test_a_window_of_records_under_way_is_taken(party: Enter) -> None:
    engine = party("engine", topics.every_node(SITE, "record")).join()
    nodes = [party(f"node-{number}").join() for number in range(12)]
    for number in range(128):
        for node in nodes:
            assert node.link.publish(f"{NODE}/{node.client._client_id.decode()}/record", b"%d" % number, 1)
    got: dict[str, list[int]] = {}
    for _ in range(12 * 128):
        topic, payload = engine.hears()
        got.setdefault(topic, []).append(int(payload))
    assert list(got.values()) == [list(range(128))] * 12


def test_an_order_of_the_largest_size_passes_and_a_larger_packet_ends_the_connection(party: Enter) -> None:
    archive = party("archive-1", topics.order(SITE, "archive-1")).join()
    engine = party("engine").join()
    engine.publish(topics.order(SITE, "archive-1"), bytes(m.MAX_ORDER))
    assert len(archive.hears()[1]) == m.MAX_ORDER
    engine.client.publish(topics.order(SITE, "archive-1"), bytes(400_000), 0)
    assert engine.next(link.Disconnected)


def test_whatever_the_contract_lets_anybody_send_the_broker_takes() -> None:
    """Room for topic and properties beside it."""
    (line,) = re.findall(r"^max_packet_size (\d+)$", (TEMPLATES / "mosquitto.conf").read_text("utf-8"), re.MULTILINE)
    travels = [*m.RULES.values(), m.CHECKPOINT, m.COSIGNATURE]
    assert max(rule.largest for rule in travels if rule.topic) + 1024 <= int(line)


def test_an_order_that_is_too_large_never_reaches_the_broker_and_the_engine_stays_connected(party: Enter) -> None:
    """The access list of a bureau that has outgrown one order; the next order arrives all the same."""
    archive = party("archive-1", topics.order(SITE, "archive-1")).join()
    engine = party("engine").join()
    house = PaperHub(crowd(2500))
    house.node("archive-1")
    outbound = Outbound(SITE, engine.link, keys.make(keys.key_name(SITE, "engine", "record")))
    liveness = Liveness("boot", 0)
    liveness.clock("archive-1", "boot-1", 0, 0)
    refused = list(outbound.orders(house.state, house.site, liveness, house.clock(), 1))
    assert [(order.what, (size or 0) > m.MAX_ORDER) for order, size in refused] == [("access", True)]
    kinds = [m.decode(notes.split(archive.hears()[1]).text, m.Order).data for _ in range(2)]
    assert [m.kind_of(kind) for kind in kinds] == ["plan", "unseal"]
    assert not engine.lost_connection()


@pytest.mark.parametrize("asked_s", [link.KEEPALIVE_S, 600])
def test_the_broker_takes_the_keepalive_that_each_asks_for(broker: Broker, party: Enter, asked_s: int) -> None:
    """Where the broker imposes its own, Mosquitto 2.0.21 throws live clients out."""
    archive = party("archive-1")
    agreed: list[Any] = []
    was: Any = archive.client.on_connect

    def connected(
        client: Client, of: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        agreed.append(properties)
        was(client, of, flags, reason, properties)

    archive.client.on_connect = connected
    archive.client.connect("127.0.0.1", broker.port, keepalive=asked_s)
    archive.client.loop_start()
    archive.back()
    assert not hasattr(agreed[0], "ServerKeepAlive")
    assert agreed[0].RetainAvailable == 0


# --- its files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"site": "bureau\nuser root"},
        {"site": "+"},
        {"site": "engine"},
        {"hosts": ()},
        {"hosts": ('hub"\n',)},
        {"hosts": ("*.hub.lan",)},
        {"bind": "0.0.0.0\nallow_anonymous true"},
        {"bind": "hub"},
        {"port": 0},
        {"port": 65536},
    ],
)
def test_nothing_slips_into_its_files_by_a_name(tmp_path: Path, change: dict[str, object]) -> None:
    wanted = BrokerSettings(SITE, ("hub.lan",), "127.0.0.1", 8883)
    with pytest.raises(PapersError):
        init(tmp_path / "site", msgspec.structs.replace(wanted, **change), datetime.now(UTC))
    assert not (tmp_path / "site").exists()


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    wanted = BrokerSettings(SITE, ("hub.lan", "192.168.3.4", "fd00::1"), "0.0.0.0", 8883)
    init(tmp_path / "site", wanted, datetime.now(UTC))
    assert broker_settings.load(Layout(tmp_path / "site")) == wanted


def test_every_topic_of_the_contract_has_its_line_in_the_rules() -> None:
    rules = (TEMPLATES / "mosquitto.acl").read_text()
    for rule in m.RULES.values():
        if rule.topic:
            assert f"strongroom/1/$site/{rule.topic.format(node='%u')}\n" in rules
