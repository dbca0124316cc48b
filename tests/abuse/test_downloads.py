"""A7a: what people write does not run either where it leaves the app: opened files, notifications, data opened by itself, names."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Download, Page, expect
from ruamel.yaml import YAML

from handraise import person
from tests.abuse.browsing import WIDGET, listen
from tests.abuse.corpus import PLAIN
from tests.e2e.browser import async_chromium
from tests.faults.results import NewScenario, Scale
from tests.waiting import until
from tests.webhook.clients import Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import FILES, RunningHub, quick
from tests.webhook.test_identity import SECRET, signed
from webhook.app import REPORTS

pytestmark = pytest.mark.timeout(900)

ADMIN = "nora@example.com"
LOOK_MS = 60  # a picture that fails to load, or an animation, takes a moment; nothing is judged by it
LONGEST_NAME = 60

# Tells which notifications were asked for, and asks for them as before.
NOTIFICATIONS = """
if (window.ServiceWorkerRegistration) {
  const owner = ServiceWorkerRegistration.prototype, before = owner.showNotification;
  owner.showNotification = function (title, options) {
    window.noted(title + ' ' + (options?.body ?? ''));
    return before.call(this, title, options);
  };
}
if (window.Notification) window.Notification = new Proxy(window.Notification, { construct(target, [title, options]) {
  window.noted(title + ' ' + (options?.body ?? '')); return new target(title, options); } });
"""


@dataclass
class Scene:
    """One conversation in which everything that can be written is a text of the corpus, and everybody's names are such texts too."""

    hub: RunningHub
    payloads: tuple[str, ...]
    visitor: Visitor
    cookie: str


async def set_up(hub: RunningHub, payloads: tuple[str, ...]) -> Scene:
    cookie = await hub.session(ADMIN, "admin")
    agent = await hub.agent("mara@example.com")
    tab = Visitor(hub.url)
    await tab.connect(auth={"v": 1, "site": "main"})
    hub.clients.append(tab)
    await tab.join()
    for number, payload in enumerate(payloads):
        await tab.say(payload)
        form = {"client_msg_id": new_id(), "name": payload[:120], "email": "one@person.example", "message": payload, "consent": tab.consent}
        await tab.ok("contact", form)
        await tab.ok("page", {"url": f"https://shop.example/{payload}", "title": payload})
        await tab.ok("identify", {"token": signed(payload[:100], name=payload[:120], company=payload[:120])})
        status, body, _ = await hub.post(
            "people", {"email": f"p{number}@example.com", "name": payload[:120], "role": "agent"}, cookie=cookie
        )
        assert status == 200, body
        status, body, _ = await hub.post("tokens", {"name": payload[:120], "scopes": ["leads:read"], "days": None}, cookie=cookie)
        assert status == 200, body
    state = await agent.accept(tab.conversation_id)
    for payload in payloads:
        await agent.reply(state, payload, seen_seq=99_999)
        await agent.call("correct", {"conversation_id": tab.conversation_id, "slot": "company", "text": payload[:120]})
    return Scene(hub, payloads, tab, cookie)


async def test_a7a_nothing_runs_where_it_leaves_the_app(new_hub: StartHub, tmp_path: Path, scenario: NewScenario, scale: Scale) -> None:
    payloads = PLAIN if scale.full else PLAIN[::9]
    names = [one for one in payloads if len(one) <= LONGEST_NAME and "\n" not in one and "${" not in one]  # the last is refused (A9)
    shutil.copytree(FILES, tmp_path / "files")
    write_texts(tmp_path / "files", names[:6])
    hub = await new_hub(
        widget=WIDGET,
        sites={"main": {"origins": ["http://127.0.0.1:9"], "identity_secret": SECRET}},
        tuning=quick(signals_per_minute=60_000, signal_burst=10_000, nobody_seconds=60),
        ring_seconds=60.0,
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id="x",
        oidc_name="<img src=x onerror=ran()>",
    )
    with scenario(
        "A7a",
        "Nothing that people write runs where it leaves the app",
        f"{len(payloads)} known texts in a chat, as names of people, tokens, site, assistant, sign-in provider; opened in Chromium: "
        "leads and audit log as CSV and lines of JSON, a person's archive file by file, the visitor's transcript, each answer of the API "
        "by itself; notifications of rings; sign-in, settings and a window with these names",
        "0 scripts run, 0 reports of the Content-Security-Policy",
    ) as it:
        scene = await set_up(hub, payloads)
        async with async_chromium() as browser:
            files = await exported(scene, browser, tmp_path)
            opened, ran = await open_files(browser, files)
            it.must("scripts that ran in files", len(ran), why=str(ran[:3]))
            desk = await desk_of(browser, scene)
            heard = [await listen(desk)]
            noted: list[str] = []
            await desk.expose_binding("noted", lambda _source, text: noted.append(text))
            await desk.add_init_script(NOTIFICATIONS)
            page = await desk.new_page()
            shown = await open_answers(page, scene)
            await look_at_settings(page, scene)
            await rings(page, scene)
            await until(lambda: has_words_of(noted, payloads), 30)  # the browser shows one after the other, slower than people call
            stranger = await browser.new_context()
            heard.append(await listen(stranger))
            windows = await windows_with_names(stranger, scene, names, scale)
        it.must("scripts that ran in pages", sum(len(one.ran) for one in heard), why=str([one.ran[:3] for one in heard]))
        it.must("stopped by a policy", sum(len(one.stopped) for one in heard), why=str([one.stopped[:3] for one in heard]))
        it.must("errors in the pages", sum(len(one.errors) for one in heard), why=str([one.errors[:3] for one in heard]))
        assert hub.runner.app is not None
        reports: Any = hub.runner.app[REPORTS].counts
        it.must("reports at the hub", sum(reports.values()), why=str(reports))
        it.tell("texts", len(payloads))
        it.tell("files opened", opened)
        it.tell("answers opened", shown)
        it.tell("notifications", len(noted))
        it.tell("windows", windows)
        assert await has_words_of(noted, payloads), "no notification had a text of the corpus"


async def has_words_of(noted: list[str], payloads: tuple[str, ...]) -> bool:
    """Whether a notification had a text of the corpus."""
    return any(payload[:20] in one for one in noted for payload in payloads)


def write_texts(files: Path, names: list[str]) -> None:
    """The site's own words, as a marketer writes them, who may paste anything."""
    six = [names[at % len(names)] for at in range(6)]
    words = {"name": six[0], "assistant": six[1], "teaser": six[2], "placeholder": six[3], "consent_text": six[4], "colour": "#3056d3"}
    path = files / "bot" / "widget.yml"
    YAML().dump({**words, "lines": {"greeting": six[5], "joined": "{agent} " + six[0]}}, path)


async def desk_of(browser: Browser, scene: Scene) -> BrowserContext:
    """An administrator's browser."""
    context = await browser.new_context(permissions=["notifications"])
    await context.add_cookies([{"name": "handraise_session", "value": scene.cookie, "url": scene.hub.url}])
    return context


async def exported(scene: Scene, browser: Browser, folder: Path) -> list[Path]:
    """Every file that people can take out of it."""
    place = folder / "exported"
    place.mkdir()
    desk = await desk_of(browser, scene)
    files = []
    for what, form in itertools.product(("leads", "audit"), ("csv", "jsonl")):
        page = await desk.new_page()
        async with page.expect_download() as coming:
            await page.evaluate(f"location.href = '{scene.hub.url}/console/api/{what}/export?format={form}'")
        files.append(await saved(await coming.value, place / f"{what}.{form}"))
    archive = place / "person.zip"
    await person.export(scene.hub.settings, "one@person.example", archive)
    with zipfile.ZipFile(archive) as content:
        content.extractall(place / "person")
    files += sorted(path for path in (place / "person").rglob("*") if path.is_file())
    files.append(await transcript(browser, scene, place / "chat.txt"))
    texts = "".join(path.read_text(errors="replace") for path in files)
    assert all(payload.splitlines()[0][:12] in texts for payload in scene.payloads if '"' not in payload), "the texts are not in the files"
    return files


async def saved(download: Download, path: Path) -> Path:
    await download.save_as(path)
    assert path.stat().st_size > 100
    return path


async def transcript(browser: Browser, scene: Scene, path: Path) -> Path:
    """What the visitor keeps, by the menu of the chat."""
    context = await browser.new_context()
    await context.add_init_script(
        f"if (location.origin === '{scene.hub.url}') localStorage.setItem('handraise:main:token', '{scene.visitor.token}')"
    )
    page = await context.new_page()
    await page.goto(f"{scene.hub.url}/widget/frame?site=main")
    return await saved(await menu_download(page, scene), path)


async def menu_download(page: Page, scene: Scene) -> Download:
    await expect(page.get_by_role("log")).to_contain_text(scene.payloads[-1].strip()[:20])
    await page.get_by_role("button", name=re.compile("^(Menu|More)")).click()
    async with page.expect_download() as coming:
        await page.get_by_role("menuitem", name="Download transcript").click()
    return await coming.value


async def open_files(browser: Browser, files: list[Path]) -> tuple[int, list[str]]:
    """Each from the disk, as a double click does; a browser that would rather keep it than show it has not run it."""
    context = await browser.new_context()
    heard = await listen(context)
    control = files[0].with_name("control.html")
    control.write_text(PLAIN[0])
    for file in (control, *files):
        page = await context.new_page()
        try:
            await page.goto(file.as_uri())
        except Exception as error:  # Playwright's own class for "Download is starting"
            assert "ownload" in str(error) or "ERR_ABORTED" in str(error), error
        await page.wait_for_timeout(LOOK_MS)
        await page.close()
    await context.close()
    assert heard.ran[:1] == [control.as_uri()], "script in a file would not be heard"
    return len(files), heard.ran[1:]


async def open_answers(page: Page, scene: Scene) -> int:
    """The API's answers without the console around them."""
    one = scene.visitor.conversation_id
    paths = [
        "leads",
        "leads?q=%3Cscript%3Eran()%3C/script%3E",
        f"leads/{one}",
        f"conversations/{one}",
        "audit",
        "audit/chain",
        "people",
        "tokens",
        "me",
    ]
    paths += ["openapi.json", "no-such-%3Cimg%20src=x%20onerror=ran()%3E", "audit?who=%3Csvg%20onload=ran()%3E"]
    for path in paths:
        answer = await page.goto(f"{scene.hub.url}/console/api/{path}")
        assert answer is not None
        assert answer.headers["content-type"].startswith("application/json"), path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        await page.wait_for_timeout(LOOK_MS)
    return len(paths)


async def look_at_settings(page: Page, scene: Scene) -> None:
    """People and tokens with such names."""
    for section, heading in (("people", "People"), ("tokens", "API tokens"), ("audit", "Audit log")):
        await page.goto(f"{scene.hub.url}/console/settings/{section}")
        await expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        await expect(page.get_by_text(scene.payloads[0].strip()[:20]).first).to_be_visible()


async def rings(page: Page, scene: Scene) -> None:
    """Somebody with such a name, such a company and such a message calls, again and again."""
    await page.goto(f"{scene.hub.url}/console")
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    for number, payload in enumerate(scene.payloads[:: max(1, len(scene.payloads) // 8)]):
        tab = Visitor(scene.hub.url)
        await tab.connect(auth={"v": 1, "site": "main"})
        scene.hub.clients.append(tab)
        await tab.join()
        await tab.ok("identify", {"token": signed(f"ring-{number}", name=payload[:120], company=payload[:120])})
        await tab.say(payload)
        form = {"client_msg_id": new_id(), "name": payload[:120], "email": "x@example.com", "message": payload, "consent": tab.consent}
        await tab.ok("contact", form)
        alert = page.get_by_role("alert", name="Somebody is waiting")
        await expect(alert).to_be_visible()
        await alert.get_by_role("button", name=re.compile("^Accept")).dispatch_event("click")  # words about others may lie over it
        await expect(page.get_by_text("You are answering")).to_be_visible()


async def windows_with_names(context: BrowserContext, scene: Scene, names: list[str], scale: Scale) -> int:
    """The chat with the site's words, six of the names at a time; and the page where people sign in."""
    page = await context.new_page()
    await page.goto(f"{scene.hub.url}/console")
    await expect(page.get_by_role("button", name=re.compile("^Sign in")).first).to_be_visible()
    await expect(page.get_by_text("<img src=x onerror=ran()>").first).to_be_visible()
    batches = [names[at : at + 6] for at in range(0, len(names), 6)][: scale.of(99, 1)]
    for batch in batches:
        await asyncio.to_thread(write_texts, scene.hub.settings.bot_files, batch)
        await page.goto(f"{scene.hub.url}/widget/frame?site=main")
        await expect(page.get_by_text(batch[0].strip()[:20]).first).to_be_visible()
        await page.wait_for_timeout(LOOK_MS)
    return len(batches)
