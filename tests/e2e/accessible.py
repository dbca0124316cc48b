"""Whether everybody can use what is on the screen: axe-core goes over the page and the frames in it, and fingers have room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

AXE = (Path(__file__).resolve().parents[2] / "widget" / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What floats above the page (menus, notes) is put at the end of the document by Mantine, outside the landmarks.
OPTIONS = json.dumps({"runOnly": TAGS, "rules": {"region": {"enabled": False}}, "resultTypes": ["violations"]})
FOUND = f"""async () => (await axe.run(document, {OPTIONS})).violations.map(
    ({{id, help, nodes}}) => `${{id}}: ${{help}}: ${{nodes.map(({{html}}) => html.slice(0, 160)).join(' | ')}}`)"""
FINGER = 44
SMALL = f"""() => [...document.querySelectorAll('button, input, textarea, select, [role=option]')]
    .map((one) => [one.closest('label') ?? one, one])
    .filter(([whole]) => whole.checkVisibility({{visibilityProperty: true}}))
    .map(([whole, one]) => [whole.getBoundingClientRect(), one.ariaLabel || one.textContent || one.placeholder || one.name])
    .filter(([{{width, height}}]) => height > 1 && (height < {FINGER} || width < {FINGER}))
    .map(([{{width, height}}, name]) => `${{name}}: ${{Math.round(width)}} x ${{Math.round(height)}}`)"""


def accessible(page: Page) -> None:
    """The page as it stands now, with the chat in it, keeps to WCAG 2.2 AA as far as axe can tell; on a touch screen buttons are 44 px."""
    found = [problem for frame in page.frames if frame.url.startswith("http") for problem in _problems(frame)]
    assert not found, "\n".join(found)


def _problems(frame: Frame) -> list[str]:
    if not frame.evaluate("() => 'axe' in window"):
        frame.evaluate(AXE)
    found: list[Any] = frame.evaluate(FOUND)
    ours = "/console" in frame.url or "/widget/" in frame.url
    if ours and frame.evaluate("() => matchMedia('(pointer: coarse)').matches"):
        found += [f"too small for a finger: {what}" for what in frame.evaluate(SMALL)]
    return [str(one) for one in found]
