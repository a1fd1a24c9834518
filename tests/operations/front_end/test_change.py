"""What is changed in Reflex's files: it fits this version, twice is once, and another version is refused."""

from __future__ import annotations

import pytest
from reflex_base.config import get_config

from klarna_shop.operations.front_end.change import AnotherVersion, Change, ChangesPlugin
from tests.operations.front_end.original import original

PLUGINS = [plugin for plugin in get_config().plugins if isinstance(plugin, ChangesPlugin)]
CHANGES = [
    pytest.param(change, id=f"{type(plugin).__name__} in {change.file}")
    for plugin in PLUGINS
    for change in plugin.changes
]


def test_every_plugin_changes_something() -> None:
    assert len(PLUGINS) >= 6
    assert all(plugin.changes for plugin in PLUGINS)


@pytest.mark.parametrize("change", CHANGES)
def test_this_version_of_reflex_takes_each_change_once(change: Change) -> None:
    before = original(change.file)
    after = change(before)
    assert after != before
    assert all(new in after for _, new in change.passages)
    assert change(after) == after


@pytest.mark.parametrize("change", CHANGES)
def test_another_version_stops_the_build(change: Change) -> None:
    with pytest.raises(AnotherVersion, match=change.file):
        change("export default {}")
    for passage, _ in change.passages:
        for another in (original(change.file).replace(passage, ""), original(change.file) + passage):
            with pytest.raises(AnotherVersion, match=change.file):
                change(another)


def test_changes_of_one_file_do_not_get_into_each_others_way() -> None:
    """In whichever order the plugins stand."""
    changes = [change for plugin in PLUGINS for change in plugin.changes]
    for order in (changes, changes[::-1]):
        files = {change.file: original(change.file) for change in changes}
        for change in order:
            files[change.file] = change(files[change.file])
        for change in changes:
            assert change(files[change.file]) == files[change.file]
            assert all(new in files[change.file] for _, new in change.passages)


def test_modules_and_changes_are_asked_of_reflex() -> None:
    saved: dict[str, str] = {}
    changed: list[str] = []
    for plugin in PLUGINS:
        plugin.pre_compile(
            add_save_task=lambda task: saved.update([task()]),
            add_modify_task=lambda file, _change: changed.append(file),
        )
    assert {"utils/documents.js", "utils/plain_elements.js", "utils/last_page.js"} <= set(saved)
    assert set(saved) == {module for plugin in PLUGINS for module in plugin.modules()}
    assert len(changed) == len(CHANGES)
