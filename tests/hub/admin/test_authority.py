"""The site's own authority. Cast: the site `bureau`, node archive-1, the first of May 2026."""

import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from hub.admin import first_papers
from hub.admin.authority import Authority, PapersError, new_key, pem
from hub.site_directory.broker import BrokerSettings
from hub.site_directory.layout import Layout
from wire import keys, topics

MAY_DAY = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
HOSTS = ("hub.bureau.example", "192.168.10.2", "203.0.113.7")

NOT_NAMES = [
    *topics.RESERVED,
    *("+", "#", "archive/1", "archive-1/#", "%u", "%c", "$SYS", "", "ab", "a" * 33, "Archive-1", "archive_1", "档案室"),
    *("archive-1\n", "archive-1\0", "archive-1 ", "archive-1,CN=engine", "../archive-1"),
]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path / "ca", "bureau", HOSTS, MAY_DAY)


def node(authority: Authority, name: str = "archive-1", now: datetime = MAY_DAY) -> x509.Certificate:
    return authority.for_node(name, new_key().public_key(), now)


def usage(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def accepted(authority: Authority, folder: Path, certificate: x509.Certificate, purpose: str) -> bool:
    """OpenSSL's word, by its strict rules, with the revocation list."""
    (folder / "one.crt").write_bytes(pem(certificate))
    (folder / "root.crt").write_bytes(pem(authority.certificate))
    (folder / "list.pem").write_bytes(authority.revocation_list())
    words = ["-attime", str(int(MAY_DAY.timestamp())), "-purpose", purpose, "-crl_check", "-CRLfile", "list.pem"]
    command = ["openssl", "verify", "-x509_strict", *words, "-CAfile", "root.crt", "one.crt"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


# --- certificates ----------------------------------------------------------------------------------------------------


def test_a_nodes_certificate_names_it_and_lasts_two_years_from_yesterday(authority: Authority, tmp_path: Path) -> None:
    made = node(authority)
    assert [(one.oid, one.value) for one in made.subject] == [(NameOID.COMMON_NAME, "archive-1")]
    assert made.not_valid_before_utc == MAY_DAY - timedelta(days=1)
    assert made.not_valid_after_utc == MAY_DAY + timedelta(days=730)
    assert usage(made) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert accepted(authority, tmp_path, made, "sslclient")
    assert not accepted(authority, tmp_path, made, "sslserver")


def test_a_server_certificate_is_for_its_hosts_and_loopback(authority: Authority, tmp_path: Path) -> None:
    made = authority.for_server("broker", HOSTS, new_key().public_key(), MAY_DAY)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.bureau.example", "localhost"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == [
        "192.168.10.2",
        "203.0.113.7",
        "127.0.0.1",
    ]
    assert usage(made) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert accepted(authority, tmp_path, made, "sslserver")
    assert not accepted(authority, tmp_path, made, "sslclient")


@pytest.mark.parametrize(("host", "good"), [("10.1.2.3", True), ("hub2.lan", True), ("bank.example", False)])
def test_a_root_in_a_browser_is_good_for_private_hosts_only(
    authority: Authority, tmp_path: Path, host: str, good: bool
) -> None:
    made = authority.for_server("https", (host,), new_key().public_key(), MAY_DAY)
    assert accepted(authority, tmp_path, made, "sslserver") is good


def test_the_root_makes_no_further_authority(authority: Authority) -> None:
    basic = authority.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)


def test_serial_numbers_are_random_and_never_the_same(authority: Authority) -> None:
    serials = [node(authority).serial_number for _ in range(20)]
    assert len(set(serials)) == 20
    assert all(serial.bit_length() > 100 for serial in serials)


@pytest.mark.parametrize("name", NOT_NAMES)
def test_no_node_gets_a_reserved_or_dangerous_name(authority: Authority, name: str) -> None:
    with pytest.raises(PapersError):
        node(authority, name)
    assert authority.issued() == []


@pytest.mark.parametrize("name", ["archive-1", "broker", "https", "root", ""])
def test_no_service_gets_a_name_that_is_not_reserved(authority: Authority, name: str) -> None:
    with pytest.raises(PapersError):
        authority.for_service(name, new_key().public_key(), MAY_DAY)


@pytest.mark.parametrize("host", ["", "*", "*.lan", "hub lan", "HUB", "-hub", "hub\n", 'hub"', "10.0.0.0/8", "a" * 64])
def test_a_host_is_an_address_or_a_plain_name(authority: Authority, host: str) -> None:
    with pytest.raises(PapersError, match="neither"):
        authority.for_server("broker", (host,), new_key().public_key(), MAY_DAY)


# --- the revocation list ---------------------------------------------------------------------------------------------


def test_a_revoked_certificate_is_no_longer_accepted(authority: Authority, tmp_path: Path) -> None:
    lost, kept = node(authority), node(authority, "cipher-1")
    authority.revoke([lost.serial_number], MAY_DAY)
    assert not accepted(authority, tmp_path, lost, "sslclient")
    assert accepted(authority, tmp_path, kept, "sslclient")
    assert [one.name for one in authority.in_force("node")] == ["cipher-1"]


def test_revoking_adds_and_never_takes_away(authority: Authority) -> None:
    first, second = node(authority), node(authority)
    authority.revoke([first.serial_number], MAY_DAY)
    later = MAY_DAY + timedelta(days=3)
    authority.revoke([first.serial_number, second.serial_number], later)
    assert authority.revoked() == {first.serial_number: MAY_DAY, second.serial_number: later}


def test_each_list_has_a_higher_number(authority: Authority) -> None:
    def number() -> int:
        found = x509.load_pem_x509_crl(authority.revocation_list())
        return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    before = number()
    authority.revoke([node(authority).serial_number], MAY_DAY)
    assert number() > before


def test_the_list_lasts_as_long_as_the_root(authority: Authority) -> None:
    found = x509.load_pem_x509_crl(authority.revocation_list())
    assert found.next_update_utc == authority.certificate.not_valid_after_utc
    assert found.is_signature_valid(authority.certificate.public_key())  # type: ignore[arg-type]


# --- what expires ----------------------------------------------------------------------------------------------------


def test_nothing_expires_at_first(authority: Authority) -> None:
    node(authority)
    assert authority.expiring(MAY_DAY) == []


def test_papers_are_told_ninety_days_before_they_end(authority: Authority) -> None:
    ends = node(authority).not_valid_after_utc
    assert authority.expiring(ends - timedelta(days=91)) == []
    assert authority.expiring(ends - timedelta(days=90)) == [("certificate of a node", "archive-1", ends)]
    assert len(authority.expiring(ends + timedelta(days=1))) == 1


def test_papers_that_were_renewed_or_revoked_are_not_told(authority: Authority) -> None:
    ends = node(authority).not_valid_after_utc
    node(authority, now=ends - timedelta(days=30))
    authority.revoke([node(authority, "cipher-1").serial_number], MAY_DAY)
    assert authority.expiring(ends - timedelta(days=1)) == []


def test_root_and_list_are_told_as_well(authority: Authority) -> None:
    ends = authority.certificate.not_valid_after_utc
    assert [one.what for one in authority.expiring(ends - timedelta(days=30))] == ["authority", "revocation list"]


def test_nothing_outlives_the_root(authority: Authority) -> None:
    ends = authority.certificate.not_valid_after_utc
    assert node(authority, now=ends - timedelta(days=10)).not_valid_after_utc == ends


# --- its files -------------------------------------------------------------------------------------------------------


def test_a_key_that_others_may_read_is_not_used(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "ca" / "ca.key").chmod(0o640)
    with pytest.raises(keys.KeyFileError, match="others may read"):
        Authority(tmp_path / "ca")


def test_key_and_certificate_of_two_sites_are_not_taken_together(authority: Authority, tmp_path: Path) -> None:
    Authority.make(tmp_path / "other", "bureau", HOSTS, MAY_DAY)
    (tmp_path / "other" / "ca.crt").replace(tmp_path / "ca" / "ca.crt")
    with pytest.raises(PapersError, match="do not belong together"):
        Authority(tmp_path / "ca")


def make_site(directory: Path, site: str = "bureau") -> Layout:
    return first_papers.init(directory, BrokerSettings(site, HOSTS, "127.0.0.1", 8883), MAY_DAY)


def test_a_new_site_has_every_service_with_keys_of_its_own(tmp_path: Path) -> None:
    layout = make_site(tmp_path / "site")
    for name in topics.RESERVED:
        papers = layout.papers(name)
        made = x509.load_pem_x509_certificate(papers.certificate.read_bytes())
        assert made.subject.rfc4514_string() == f"CN={name}"
        ssl.create_default_context().load_cert_chain(papers.certificate, papers.key)
    assert len(keys.read_secret(layout.badge_key)) == 32


def test_engine_and_roots_command_sign_and_nobody_else_has_a_record_key(tmp_path: Path) -> None:
    layout = make_site(tmp_path / "site")
    signing = {path.stem: keys.load(path).name for path in layout.keys.glob("*.key") if path != layout.badge_key}
    assert signing == {name: f"strongroom/bureau/{name}/record" for name in ("engine", "admin")}


def test_what_an_earlier_version_has_signed_with_is_taken_away_once_and_nothing_else(tmp_path: Path) -> None:
    layout = make_site(tmp_path / "site")
    ours = {path: path.read_bytes() for path in layout.root.rglob("*") if path.is_file()}
    for name in ("console", "notify"):
        keys.save(keys.make(f"strongroom/bureau/{name}/record"), layout.record_key(name))
    layout.public_key("console").write_text("its public half\n")
    assert first_papers.take_away(layout.root) == ["console", "notify"]
    assert {path: path.read_bytes() for path in layout.root.rglob("*") if path.is_file()} == ours
    assert first_papers.take_away(layout.root) == []


def test_only_the_owner_reads_a_key_and_enters_a_folder(tmp_path: Path) -> None:
    layout = make_site(tmp_path / "site")
    for path in [layout.root, *layout.root.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_dir():
            assert mode == 0o700, path
        elif b"PRIVATE" in path.read_bytes() or path.suffix in {".key", ""} or path.name == "mosquitto.conf":
            assert mode == 0o600, path
        else:
            assert mode == 0o644, path


def test_no_two_keys_are_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_site(tmp_path / name)
    contents = [path.read_bytes() for path in tmp_path.rglob("*.key")]
    assert len(contents) == 2 * (1 + 5 + 4 + 1 + 1) == len(set(contents))


def test_a_site_is_never_overwritten(tmp_path: Path) -> None:
    layout = make_site(tmp_path / "site")
    before = {path: path.read_bytes() for path in layout.root.rglob("*") if path.is_file()}
    with pytest.raises(PapersError, match="is there already"):
        make_site(tmp_path / "site", "another")
    assert {path: path.read_bytes() for path in layout.root.rglob("*") if path.is_file()} == before


def test_renewing_keeps_the_record_keys_and_replaces_the_tls_papers(tmp_path: Path) -> None:
    layout = make_site(tmp_path / "site")
    record, badge = layout.record_key("engine").read_bytes(), layout.badge_key.read_bytes()
    tls = layout.papers("engine").key.read_bytes()
    later = MAY_DAY + timedelta(days=700)
    assert {one.name for one in Authority(layout.authority).expiring(later)} == {*topics.RESERVED, "broker", "https"}
    first_papers.renew(layout.root, later)
    assert Authority(layout.authority).expiring(later) == []
    assert (layout.record_key("engine").read_bytes(), layout.badge_key.read_bytes()) == (record, badge)
    assert layout.papers("engine").key.read_bytes() != tls
    ssl.create_default_context().load_cert_chain(layout.papers("engine").certificate, layout.papers("engine").key)


def test_a_root_constrains_names_critically(authority: Authority) -> None:
    assert authority.certificate.extensions.get_extension_for_oid(ExtensionOID.NAME_CONSTRAINTS).critical
