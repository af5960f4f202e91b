"""The master keys and what is derived from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.refusal import Refused
from marketplace.vault.master import MasterKeys

KEY = bytes(range(32))


def test_the_same_file_gives_the_same_keys() -> None:
    one, other = MasterKeys.from_key(KEY), MasterKeys.parse(KEY.hex() + "\n")
    assert (one.tenant, one.current, one.derive("x")) == (other.tenant, other.current, other.derive("x"))


def test_two_purposes_have_two_keys() -> None:
    master = MasterKeys.from_key(KEY)
    assert master.derive("blind-index") != master.derive("suppression")


def test_a_rotated_file_is_read_back_and_still_derives_the_same_digests(tmp_path: Path) -> None:
    old = MasterKeys.from_key(KEY)
    path = tmp_path / "master.key"
    old.with_new_kek().save(path)
    read = MasterKeys.parse(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert read.current != old.current
    assert read.derive("blind-index") == old.derive("blind-index")
    assert read.tenant == old.tenant
    assert read.kek(old.current) is not None


def test_a_wrapping_key_that_was_taken_out_is_missing_and_the_one_in_use_stays() -> None:
    old = MasterKeys.from_key(KEY)
    new = old.with_new_kek()
    with pytest.raises(Refused, match="wrapping-key-in-use"):
        new.without_kek(new.current)
    with pytest.raises(Refused, match="wrapping-key-missing"):
        new.without_kek(old.current).kek(old.current)


def test_the_first_key_of_the_file_no_longer_opens_anything_once_its_wrapping_key_was_taken_out(tmp_path: Path) -> None:
    old = MasterKeys.from_key(KEY)
    old.with_new_kek().without_kek(old.current).save(tmp_path / "master.key")
    text = (tmp_path / "master.key").read_text()
    assert KEY.hex() not in text
    assert text.count("wrap ") == 1


@pytest.mark.parametrize(
    "text", ["", "zz", "00" * 31, "root " + "00" * 32, f"wrap {'00' * 32} root {'00' * 32}", "a b c"]
)
def test_a_damaged_file_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="master-key-unreadable"):
        MasterKeys.parse(text)


def test_keys_are_not_in_the_text_of_the_object() -> None:
    assert KEY.hex() not in repr(MasterKeys.from_key(KEY))
