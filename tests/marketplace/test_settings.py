"""Settings: clear sentences on bad values, and nothing for development where others can reach it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from marketplace.run.settings import BadSetting, Settings, load
from marketplace.vault.master import MasterKeys

REACHABLE = {"RELAY_PUBLIC_URL": "https://relay.example.co.jp"}


def test_nothing_needs_to_be_set() -> None:
    assert load({}) == Settings()
    assert load({"DATABASE_URL": "", "RELAY_PORT": " "}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("RELAY_PORT", "eighty", "is a number from 0 to 65535"),
        ("RELAY_PORT", "８０", "is a number from 0 to 65535"),
        ("RELAY_PORT", "65536", "is a number from 0 to 65535"),
        ("RELAY_LANGUAGE", "fr", "is ja or en"),
        ("RELAY_ALLOW_LIVE", "maybe", "is 1 or 0"),
        ("DATABASE_URL", "mysql://localhost/x", "begins with postgresql://"),
        ("SMTP_URL", "mail.example.com", "smtp://user:password@host:587"),
        ("RELAY_PUBLIC_URL", "relay.example.co.jp", "without a path"),
        ("RELAY_PUBLIC_URL", "https://example.co.jp/relay", "without a path"),
        ("RELAY_PUBLIC_URL", "http://relay.example.co.jp", "begins with https://"),
        ("STRIPE_SECRET_KEY", "pk_test_1", "begins with sk_ or rk_"),
        ("STRIPE_WEBHOOK_SECRETS", "whsec_1,abc", "begin with whsec_"),
        ("RELAY_PUBLIC_URL", "http://[::1", "without a path"),
        ("RELAY_PUBLIC_URL", "http://127.0.0.1:99999", "without a path"),
        ("SMTP_URL", "smtp://host:abc", "smtp://user:password@host:587"),
        ("DATABASE_URL", "postgresql://[x", "begins with postgresql://"),
        ("RELAY_MAIL_FROM", "リレー <relay@example.jp>", "one address without a name"),
        ("RELAY_MAIL_FROM", "a@b.example, c@d.example", "one address without a name"),
        ("RELAY_COMPLAINT_CONTACT", "窓口\n03-0000-0000", "one line of at most 200 characters"),
        ("RELAY_COMPLAINT_CONTACT", "あ" * 201, "one line of at most 200 characters"),
        ("RELAY_TRUSTED_PROXIES", "10.0.0.1/24", "addresses or networks"),
        ("RELAY_TRUSTED_PROXIES", "proxy.example", "addresses or networks"),
        ("MIGRATION_DATABASE_URL", "postgresql:///x", "DATABASE_URL: is not set though"),
    ],
)
def test_a_bad_value_is_named_with_a_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadSetting, match=f"{name}.*|{re.escape(sentence)}") as refused:
        load({name: value})
    assert sentence in str(refused.value)


def test_a_bad_secret_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as refused:
        load({"STRIPE_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_a_live_key_needs_a_second_word(key: str) -> None:
    with pytest.raises(BadSetting, match="real money would move"):
        load({"STRIPE_SECRET_KEY": key})
    assert load({"STRIPE_SECRET_KEY": key, "RELAY_ALLOW_LIVE": "1"}).payments() == "live"


def test_payments_are_simulated_on_loopback_only() -> None:
    assert load({}).payments() == "simulator"
    assert load({"STRIPE_SECRET_KEY": "sk_test_1"}).payments() == "test"
    with pytest.raises(BadSetting, match=r"^STRIPE_SECRET_KEY: is not set"):
        load(REACHABLE).payments()
    assert load({**REACHABLE, "STRIPE_SECRET_KEY": "sk_test_1"}).payments() == "test"


def test_the_development_mailbox_opens_on_loopback_only() -> None:
    assert load({}).mail() == "mailbox"
    assert load({"SMTP_URL": "smtp://127.0.0.1:1025"}).mail() == "smtp"
    with pytest.raises(BadSetting, match=r"^SMTP_URL: is not set"):
        load(REACHABLE).mail()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "relay.localhost"])
def test_loopback_has_many_names(host: str) -> None:
    assert load({"RELAY_HOST": host}).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example.com", "127.0.0.1.example.com"])
def test_listening_to_others_is_not_loopback(host: str) -> None:
    assert not load({"RELAY_HOST": host}).loopback


def test_a_container_may_say_that_its_port_is_published_on_loopback() -> None:
    assert load({"RELAY_HOST": "0.0.0.0", "RELAY_PUBLISHED_ON_LOOPBACK": "1"}).loopback
    assert not load({**REACHABLE, "RELAY_HOST": "0.0.0.0", "RELAY_PUBLISHED_ON_LOOPBACK": "1"}).loopback


def test_the_master_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    settings = load({"RELAY_DATA": str(tmp_path / "data")})
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.master_keys().derive("x"), range(8)))
    assert len(keys) == 1
    assert (tmp_path / "data" / "master.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["master.key"]


def test_the_master_key_is_never_made_where_others_can_reach_the_site(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="is missing"):
        load({**REACHABLE, "RELAY_DATA": str(tmp_path)}).master_keys()
    assert list(tmp_path.iterdir()) == []


def test_a_master_key_that_others_can_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    settings = load({"RELAY_MASTER_KEY_FILE": str(path)})
    path.write_text("00" * 32)
    path.chmod(0o640)
    with pytest.raises(BadSetting, match="is open to others"):
        settings.master_keys()
    path.chmod(0o600)
    assert settings.master_keys().tenant == MasterKeys.from_key(bytes(32)).tenant
    path.write_text("secret")
    with pytest.raises(BadSetting, match="does not hold 64 hexadecimal digits") as refused:
        settings.master_keys()
    assert "secret" not in str(refused.value)


def test_a_rotated_master_key_file_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "key"
    old = MasterKeys.from_key(bytes(32))
    old.with_new_kek().save(path)
    read = load({"RELAY_MASTER_KEY_FILE": str(path)}).master_keys()
    assert (read.tenant, read.derive("x")) == (old.tenant, old.derive("x"))
    assert read.current != old.current


def test_mail_comes_from_an_address_of_the_operator_wherever_others_can_reach_the_site() -> None:
    sent = {**REACHABLE, "SMTP_URL": "smtps://mail.example"}
    assert load({"SMTP_URL": "smtp://127.0.0.1:1025"}).sender() == "no-reply@career-relay.example"
    with pytest.raises(BadSetting, match=r"^RELAY_MAIL_FROM: is not set"):
        load(sent).mail()
    known = load({**sent, "RELAY_MAIL_FROM": "relay@example.co.jp"})
    assert (known.mail(), known.sender()) == ("smtp", "relay@example.co.jp")


def test_proxies_are_addresses_or_networks() -> None:
    trusted = load({"RELAY_TRUSTED_PROXIES": "10.0.0.5, fd00::/8"}).trusted_proxies
    assert [str(each) for each in trusted] == ["10.0.0.5/32", "fd00::/8"]


def test_every_setting_is_in_the_table() -> None:
    told = set(re.findall(r"^\s*\| ([A-Z_]+) \|", Settings.__doc__ or "", re.MULTILINE))
    assert {name.removeprefix("RELAY_").lower() for name in told} == set(Settings.__struct_fields__)
