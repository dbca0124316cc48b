"""Built apps, demo pages, headers; nothing outside the folders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import aiohttp
import pytest

from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub
from webhook.app import REPORTS


@pytest.fixture
async def built(new_hub: StartHub, tmp_path: Path) -> RunningHub:
    widget = tmp_path / "widget"
    files = {
        "visitor/dist/loader.js": "loader",
        "visitor/dist/frame.html": "<!doctype html><title>Chat</title>",
        "visitor/dist/assets/frame-1.js": "frame",
        "console/dist/index.html": '<!doctype html><title>Console</title><meta name="nonce" content="{{nonce}}">',
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
    answers = [await built.get("/console") for _ in range(2)]
    console, again = (answer.headers["Content-Security-Policy"] for answer in answers)
    assert "frame-ancestors 'none'" in console
    for policy in (frame, console):
        assert "script-src 'self';" in policy and "require-trusted-types-for 'script'" in policy and "unsafe" not in policy
        assert "report-uri /csp-report" in policy and "base-uri 'none'" in policy
    nonce = re.findall(r"'nonce-([A-Za-z0-9_-]{22})'", console)
    assert len(nonce) == 1 and nonce[0] not in again
    assert f'content="{nonce[0]}"' in await answers[0].text()


@pytest.mark.parametrize(("url", "strict"), [("https://chat.example.com", True), ("", False)])
async def test_headers_of_every_answer(new_hub: StartHub, url: str, strict: bool) -> None:
    hub = await new_hub(public_url=url)
    for path in ("/health", "/console", "/widget.js", "/nowhere.x", "/widget/site.json", "/socket.io/?EIO=4&transport=polling"):
        headers = (await hub.get(path)).headers
        assert ("Strict-Transport-Security" in headers) is strict, path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin" and headers["X-Content-Type-Options"] == "nosniff"
        crossing = path in ("/widget.js", "/widget/site.json")
        assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if crossing else "same-origin"), path


async def test_reports_of_browsers_are_counted_and_logged_without_anything_personal(
    hub: RunningHub, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "jane@example.com"
    old = {
        "csp-report": {
            "document-uri": f"{hub.url}/console/inbox/{secret}",
            "violated-directive": "script-src-elem",
            "blocked-uri": "inline",
        }
    }
    new = [
        {
            "type": "csp-violation",
            "body": {
                "documentURL": f"{hub.url}/widget/frame?site={secret}",
                "effectiveDirective": "img-src",
                "blockedURL": f"https://evil.test/{secret}",
                "sample": secret,
            },
        }
    ]
    bodies = [
        (json.dumps(old), "application/csp-report"),
        (json.dumps(new), "application/reports+json"),
        (json.dumps({"csp-report": {"violated-directive": f"x\n{secret}", "blocked-uri": secret}}), "application/csp-report"),
        ("{", "application/csp-report"),
        ("[" * 5000, "application/json"),
        (json.dumps(new), "text/plain"),
        ("[1, {}]", "application/json"),
    ]
    async with aiohttp.ClientSession() as session:
        for body, kind in bodies:
            async with session.post(f"{hub.url}/csp-report", data=body, headers={"Content-Type": kind}) as response:
                assert response.status == 204
    counts = hub.runner.app[REPORTS].counts
    assert dict(counts) == {
        "script-src-elem in console: inline": 1,
        "img-src in frame: something at a https address": 1,
        "? in another page: something of the browser's own": 1,
    }
    assert "script-src-elem in console" in caplog.text and secret not in caplog.text


async def test_reports_are_limited(hub: RunningHub) -> None:
    body = json.dumps({"csp-report": {"document-uri": "/console", "violated-directive": "img-src", "blocked-uri": "data"}})
    async with aiohttp.ClientSession() as session:
        for _ in range(40):
            await session.post(f"{hub.url}/csp-report", data=body, headers={"Content-Type": "application/csp-report"})
    reports = hub.runner.app[REPORTS]
    assert sum(reports.counts.values()) < 20 < reports.dropped


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
