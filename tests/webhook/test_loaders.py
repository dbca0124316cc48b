"""The script on customers' pages: a version with its checksum stays what it is over updates; `handraise embed` prints the line."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest
from playwright.async_api import expect

from handraise.embed import embed, lines
from handraise.ports import free_port
from handraise.steps import Failure
from leads.settings import Settings
from tests.abuse.browsing import WIDGET, listen, serve
from tests.e2e.browser import async_chromium
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub
from webhook.loaders import version_of

POLICY = "default-src 'none'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "


def built(folder: Path, text: str) -> Path:
    dist = folder / "widget" / "visitor" / "dist"
    dist.mkdir(parents=True, exist_ok=True)
    (dist / "loader.js").write_text(text)
    return folder / "widget"


def parts(line: str) -> tuple[str, str]:
    """Path and checksum of a script line."""
    found = re.search(r'src="https?://[^/]+(/widget/[0-9a-f]{32}\.js)" integrity="(sha384-[^"]+)" crossorigin="anonymous"', line)
    assert found, line
    return found[1], found[2]


async def test_a_version_stays_what_it_is_when_another_is_built(new_hub: StartHub, tmp_path: Path) -> None:
    widget = built(tmp_path, "first();")
    hub = await new_hub(widget=widget)
    path, integrity = parts((await embed(hub.settings, "demo", widget))["script"])
    built(tmp_path, "second();")
    newer, _ = parts((await embed(hub.settings, "demo", widget))["script"])
    await hub.restart()
    for one, text in ((path, "first();"), (newer, "second();")):
        answer = await hub.get(one)
        assert await answer.text() == text
        assert answer.headers["Access-Control-Allow-Origin"] == "*" and "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type == "text/javascript"
    assert integrity == "sha384-" + b64encode(sha384(b"first();").digest()).decode()
    assert newer != path and await (await hub.get("/widget.js")).text() == "second();"
    assert (await hub.get(f"/widget/{'0' * 32}.js")).status == 404


async def test_what_a_hub_starts_with_is_kept(new_hub: StartHub, tmp_path: Path) -> None:
    widget = built(tmp_path, "third();")
    hub = await new_hub(widget=widget)
    await hub.restart()
    built(tmp_path, "fourth();")
    assert await (await hub.get(f"/widget/{version_of('third();').name}.js")).text() == "third();"


async def test_embed_refuses_what_would_not_work(hub: RunningHub, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="not built"):
        await embed(hub.settings, "demo", tmp_path)
    several = Settings(**{**hub.settings.model_dump(), "sites": {"main": {"origins": ["https://www.example.com"]}}})
    with pytest.raises(Failure, match="no site 'shop'"):
        await embed(several, "shop", built(tmp_path, "x"))
    found = await embed(several, "main", built(tmp_path, "x"))
    assert "https://www.example.com" in lines(found)[-1] and 'data-site="main"' in found["script"]
    with pytest.raises(Failure, match="no site"):
        await embed(hub.settings, '"><script>', tmp_path)


async def test_the_printed_line_works_on_a_strict_page_and_a_changed_script_does_not_run(new_hub: StartHub) -> None:
    port = free_port()
    hub = await new_hub(widget=WIDGET, sites={"main": {"origins": [f"http://127.0.0.1:{port}"]}})
    found = await embed(hub.settings, "main")
    line = found["script"].replace(hub.settings.url, hub.url)
    policy = POLICY + "; ".join(found["content_security_policy"]).replace(hub.settings.url, hub.url)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    page = f'<!doctype html><html lang="en">{meta}<body><h1>Shop</h1>{{line}}</body></html>'
    broken = re.sub(r"sha384-....", "sha384-AAAA", line)
    async with async_chromium() as browser, serve(port, {"/": page.replace("{line}", line), "/broken": page.replace("{line}", broken)}):
        context = await browser.new_context()
        heard = await listen(context)
        shop = await context.new_page()
        await shop.goto(f"http://127.0.0.1:{port}/")
        await shop.get_by_role("button", name=re.compile("^Open chat")).click()
        await expect(shop.frame_locator("iframe").get_by_role("log")).to_contain_text("What brings you here?")
        assert heard.stopped == [] and heard.errors == []
        told: list[str] = []
        shop.on("console", lambda message: told.append(message.text))
        await shop.goto(f"http://127.0.0.1:{port}/broken")
        await shop.wait_for_load_state("networkidle")
        assert await shop.locator("handraise-chat").count() == 0
        assert any("integrity" in text for text in told)
