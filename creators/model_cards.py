"""Model cards: what fitted parameters were fitted on, under which licence, and how well they do. Pages of docs/."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from creators.scoring.definition import Definition


@dataclass
class Block:
    """One piece of a page: heading, text, list, table or code."""

    kind: str
    text: str = ""
    level: int = 0
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def path_of(definition: Definition | None) -> Path | None:
    """The card's file, where there is one."""
    if definition is None or not definition.card:
        return None
    docs = Path(settings.BASE_DIR) / "docs"
    found = (docs / definition.card.removeprefix("docs/")).resolve()
    return found if found.is_relative_to(docs.resolve()) and found.is_file() else None


def plain(text: str) -> str:
    """Without Markdown's signs: links as their words."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\*\*|__|`", "", text).strip()


def cells(line: str) -> list[str]:
    return [plain(cell) for cell in line.strip().strip("|").split("|")]


def blocks(text: str) -> list[Block]:
    """The few forms that our pages use."""
    out: list[Block] = []
    code = False
    for line in text.splitlines():
        if line.startswith("```"):
            code = not code
            if code:
                out.append(Block("code"))
        elif code:
            out[-1].text += line + "\n"
        elif not line.strip():
            out.append(Block("gap"))
        elif heading := re.match(r"(#+)\s+(.*)", line):
            out.append(Block("heading", plain(heading[2]), min(len(heading[1]) + 1, 4)))
        elif line.lstrip().startswith("|"):
            if not out or out[-1].kind != "table":
                out.append(Block("table"))
            if not re.fullmatch(r"[\s|:-]+", line):
                out[-1].rows.append(cells(line))
        elif item := re.match(r"\s*(?:[-*]|\d+\.)\s+(.*)", line):
            if not out or out[-1].kind != "list":
                out.append(Block("list"))
            out[-1].items.append(plain(item[1]))
        elif out and out[-1].kind == "list" and line.startswith("  "):
            out[-1].items[-1] += " " + plain(line)
        elif out and out[-1].kind == "text":
            out[-1].text += " " + plain(line)
        else:
            out.append(Block("text", plain(line)))
    return [block for block in out if block.kind != "gap"]
