"""The YAML of a front matter as a flat list of fields: texts and lists, each with its line.

Read as YAML's own composer gives it, and no further: every scalar stays text, so that a title "No" or "2026"
is a title. Anchors, tags and deep nesting have no place in it, and are refused before they cost anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

DEEPEST = 4
"""Levels of nesting that are read: a field's value may be a list, and a wrong one a little more."""
FIRST_LINE = 2
"""The line of the file in which the YAML begins, below the line ``---``."""


@dataclass(frozen=True, slots=True)
class YamlField:
    """A field's value: a text, a list of what stands in it, or the node's kind in words (``mapping``)."""

    value: str | list[str] | None
    line: int


class YamlFault(ValueError):
    """The YAML cannot be read as fields; the message says why, `line` where (0 if that cannot be told)."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def read_fields(source: str, first_line: int = FIRST_LINE) -> dict[str, YamlField]:
    """Return the fields by name; a value that is neither text nor a list of texts is None.

    Raises:
        YamlFault: no YAML, or YAML that is no plain mapping of names to values.
    """
    try:
        node = _Composer(source).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFault(
            error.problem or "YAML that cannot be read", mark.line + first_line if mark else 0
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise YamlFault("YAML that cannot be read", 0) from None
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        raise YamlFault("front matter without fields", first_line)
    if not isinstance(node, yaml.MappingNode):
        raise YamlFault("front matter that is no list of fields", node.start_mark.line + first_line)
    fields: dict[str, YamlField] = {}
    for key, value in node.value:
        line = key.start_mark.line + first_line
        if not isinstance(key, yaml.ScalarNode):
            raise YamlFault("a field whose name is no text", line)
        if key.value in fields:
            raise YamlFault(f"{key.value} stands twice", line)
        fields[key.value] = YamlField(_plain(value), line)
    return fields


def _plain(node: yaml.Node) -> str | list[str] | None:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in node.value):
        return [str(one.value) for one in node.value]
    return None


class _Composer(yaml.BaseLoader):
    """Composes nodes and constructs nothing."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        refused = ""
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            refused = "an anchor or alias (& or *)"
        elif event.tag:
            refused = "a tag (!)"
        elif self._depth >= DEEPEST:
            refused = "lists or mappings in each other"
        if refused:
            raise yaml.MarkedYAMLError(problem=refused, problem_mark=event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1
