"""No text comes in with lost letters: designs, settings, catalogues (articles have their own tests)."""

import os
from pathlib import Path

import pytest

from klarna_shop.settings import PROJECT, ConfigurationError, Settings, read_settings
from klarna_shop.shop.paywalls.exchange import NotADesign, export_design, import_design
from klarna_shop.shop.paywalls.standard import standard_design
from klarna_shop.text_check import UnreadableText, check_text, decode, read_file
from klarna_shop.ui import languages, standing_texts

BROKEN = ("k\ufffdp", "kÃ¶p", "donâ€™t", "10Â\xa0kr", "ï»¿kop", "a\x00b", "a\x81b", "a\ud800b", "a\uffffb")
WHOLE = (
    "Köp – nu”, åäö ÅÄÖ é ü",
    "SÃO PAULO, «Â», Â»",
    "Ã¥ är ett felläst å",
    "1\xa0000 kr\t½ § ² € 日本語 😀 👩‍👧",
    "",
)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableText) as raised:
        check_text(f"first line å\n{text}")
    assert raised.value.line == 2


@pytest.mark.parametrize("text", WHOLE)
def test_a_whole_text_is_taken(text: str) -> None:
    check_text(text)
    assert decode(f"\ufeff{text}\r\n".encode()) == f"{text}\n"


@pytest.mark.parametrize(
    "encoding", ["cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "bom"]
)
def test_a_file_in_another_encoding_is_refused(encoding: str) -> None:
    raw = b"\xff\xfeK\x00" if encoding == "bom" else "Köp nu för två kronor".encode(encoding)
    with pytest.raises(UnreadableText):
        decode(raw)


@pytest.mark.parametrize("place", ["name", "copy"])
@pytest.mark.parametrize("broken", ["K\ufffdp", "KÃ¶p", "K\x81p"])
def test_a_design_with_broken_letters_is_refused_with_its_field(place: str, broken: str) -> None:
    design = standard_design()
    file = export_design(design)
    word = design.name if place == "name" else design.as_data()["copy"]["sv"]["title"]
    with pytest.raises(NotADesign) as raised:
        import_design(file.replace(word, broken))
    assert all("UTF-8" in error.message for error in raised.value.errors)
    assert any(error.path for error in raised.value.errors)


def test_a_design_saved_as_windows_1252_is_refused() -> None:
    raw = export_design(standard_design()).encode("cp1252", "replace")
    with pytest.raises(NotADesign, match="not UTF-8"):
        import_design(raw)
    # A browser reads the same file so.
    with pytest.raises(NotADesign, match=r"U\+FFFD"):
        import_design(raw.decode("utf-8", "replace"))


def test_a_setting_in_another_encoding_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for raw in (b"Norrlunda K\xf6p AB", "Norrlunda KÃ¶p AB".encode(), "Norrlunda K\ufffdp".encode()):
        monkeypatch.setitem(os.environb, b"SELLER_NAME", raw)
        with pytest.raises(ConfigurationError, match=r"SELLER_NAME.*UTF-8"):
            read_settings()
    monkeypatch.setenv("STUDIO_PASSWORD", "kÃ¶p-och-betala")
    monkeypatch.delenv("SELLER_NAME")
    with pytest.raises(ConfigurationError) as raised:
        read_settings()
    assert "betala" not in str(raised.value)
    assert "STUDIO_PASSWORD" in str(raised.value)


def test_an_environment_file_in_another_encoding_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    monkeypatch.setitem(Settings.model_config, "env_file", file)
    file.write_bytes(b"APP_PORT=8123\nSELLER_NAME=K\xf6p AB\n")
    with pytest.raises(ConfigurationError, match=r"\.env, line 2: .*UTF-8"):
        read_settings()
    file.write_bytes("\ufeffSELLER_NAME=Köp AB\r\n".encode())
    assert read_settings().seller_name == "Köp AB"


def test_catalogues_and_standing_texts_are_read_through_the_same_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in ("messages", "texts"):
        for path in (PROJECT / "klarna_shop" / "ui" / folder).glob("*.[pm][od]"):
            read_file(path)
    (tmp_path / "xx.po").write_bytes(b'msgid "a"\nmsgstr "K\xf6p"\n')
    monkeypatch.setattr(languages, "_CATALOGUES", tmp_path)
    with pytest.raises(UnreadableText, match=r"xx\.po, line 2"):
        languages.catalogue("xx")
    (tmp_path / "terms.sv.md").write_bytes("Villkor\n\nK\ufffdp".encode())
    monkeypatch.setattr(standing_texts, "_TEXTS", tmp_path)
    with pytest.raises(UnreadableText, match=r"terms\.sv\.md, line 3"):
        standing_texts.standing_text("terms", "sv", read_settings())
