"""Built apps, demo pages, headers; nothing outside the folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub


@pytest.fixture
async def built(new_hub: StartHub, tmp_path: Path) -> RunningHub:
    widget = tmp_path / "widget"
    files = {
        "visitor/dist/loader.js": "loader",
        "visitor/dist/frame.html": "<!doctype html><title>Chat</title>",
        "visitor/dist/assets/frame-1.js": "frame",
        "console/dist/index.html": "<!doctype html><title>Console</title>",
        "console/dist/icon.svg": "<svg/>",
        "console/dist/assets/index-1.css": "a{}",
        "demo/index.html": "<!doctype html><title>Home</title>",
        "demo/pricing.html": "<!doctype html><title>Pricing</title>",
        "demo/demo.css": "b{}",
        "demo/logo.svg": "<svg/>",
        "secret.txt": "secret",
    }
    for name, text in files.items():
        path = widget / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (widget / "demo" / "linked.html").symlink_to(widget / "secret.txt")
    return await new_hub(allowed_origins="https://shop.example,https://other.example")


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("/widget.js", "loader", "text/javascript"),
        ("/widget/frame?site=demo", "<title>Chat</title>", "text/html"),
        ("/widget/assets/frame-1.js", "frame", "text/javascript"),
        ("/console", "<title>Console</title>", "text/html"),
        ("/console/", "<title>Console</title>", "text/html"),
        ("/console/leads/5", "<title>Console</title>", "text/html"),
        ("/console/icon.svg", "<svg/>", "image/svg+xml"),
        ("/console/assets/index-1.css", "a{}", "text/css"),
        ("/", "<title>Home</title>", "text/html"),
        ("/pricing", "<title>Pricing</title>", "text/html"),
        ("/demo.css", "b{}", "text/css"),
        ("/demo/logo.svg", "<svg/>", "image/svg+xml"),
    ],
)
async def test_every_page_and_file(built: RunningHub, path: str, content: str, kind: str) -> None:
    response = await built.get(path)
    assert response.status == 200
    assert content in await response.text()
    assert response.content_type == kind
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in response.headers


async def test_policies(built: RunningHub) -> None:
    frame = (await built.get("/widget/frame")).headers["Content-Security-Policy"]
    assert frame.endswith("https://shop.example https://other.example") and "frame-ancestors 'self'" in frame
    assert "script-src 'self';" in frame and "unsafe-eval" not in frame
    console = (await built.get("/console")).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in console and "script-src 'self';" in console


@pytest.mark.parametrize(
    "path",
    [
        "/widget/assets/..%2f..%2f..%2fsecret.txt",
        "/widget/assets/%2e%2e/frame.html",
        "/demo/..%2fsecret.txt",
        "/linked",
        "/secret",
        "/nothing",
        "/demo/.hidden",
        "/console/api/nothing",
        "/console/assets/none.js",
    ],
)
async def test_nothing_else(built: RunningHub, path: str) -> None:
    response = await built.get(path)
    assert response.status == 404
    assert "secret" not in await response.text()


async def test_below_the_console_there_is_only_the_console(built: RunningHub) -> None:
    response = await built.get("/console/..%2f..%2f..%2fsecret.txt")
    assert "<title>Console</title>" in await response.text()


async def test_the_look_of_the_widget_for_allowed_pages_only(built: RunningHub) -> None:
    allowed = await built.get("/widget/site.json?site=demo", Origin="https://shop.example")
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert (await allowed.json())["site"]["name"] == "Northwind"
    foreign = await built.get("/widget/site.json", Origin="https://evil.test")
    assert foreign.status == 403 and "site" not in await foreign.json()


async def test_a_changed_widget_file_shows_at_once_and_a_broken_one_changes_nothing(built: RunningHub) -> None:
    path = built.settings.bot_files / "bot" / "widget.yml"
    path.write_text('name: "Southwind"\n')
    assert (await (await built.get("/widget/site.json")).json())["site"]["name"] == "Southwind"
    path.write_text("name: [broken\n")
    assert (await (await built.get("/widget/site.json")).json())["site"]["name"] == "Southwind"


async def test_not_built_says_what_to_do(hub: RunningHub) -> None:
    for path in ("/console", "/widget/frame"):
        response = await hub.get(path)
        assert response.status == 503 and "make up" in await response.text()
    assert "make up" in await (await hub.get("/widget.js")).text()


async def test_without_the_demo_there_are_no_pages(new_hub: StartHub) -> None:
    hub = await new_hub(demo=False)
    assert (await hub.get("/")).status == 404


KEYS = {"ok", "database", "bot", "bots", "hints", "hub", "hubs", "version"}


async def test_health(hub: RunningHub) -> None:
    response = await hub.get("/health")
    body = await response.json()
    assert response.status == 200 and body["ok"] and body["database"] and set(body) == KEYS
    async with hub.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE conversations RENAME TO gone")
    response = await hub.get("/health")
    assert response.status == 503 and (await response.json())["database"] is False
