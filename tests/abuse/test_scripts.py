"""A7, A22: what visitors, pages and agents write never runs, in no browser; foreign frames steer nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from handraise.ports import free_port
from leads.models import Conversation
from tests.abuse.browsing import WIDGET, listen, serve
from tests.abuse.corpus import PLAIN
from tests.e2e.browser import SCREENSHOTS, async_chromium
from tests.faults.results import NewScenario, Scale
from tests.webhook.clients import AgentClient, Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.test_identity import SECRET, signed
from webhook.app import HUB, REPORTS
from webhook.schemas import clean

pytestmark = pytest.mark.timeout(900)

SHOP = (
    '<!doctype html><html lang="en"><title>%s</title><body><h1>Shop</h1><script src="%s/widget.js" data-site="main"></script></body></html>'
)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


async def a_chat(hub: RunningHub, agent: AgentClient, payload: str) -> Visitor:
    """One conversation in which everything that can be written is the payload."""
    tab = Visitor(hub.url)
    await tab.connect(auth={"v": 1, "site": "main"})
    hub.clients.append(tab)
    await tab.join(page={"url": f"https://shop.example/{payload}", "title": payload, "referrer": payload})
    await tab.say(payload)
    await tab.call(
        "contact", {"client_msg_id": new_id(), "name": payload[:120], "email": "x@example.com", "message": payload, "consent": tab.consent}
    )
    await tab.call("contact", {"client_msg_id": new_id(), "name": "", "email": payload[:254], "message": "", "consent": tab.consent})
    await tab.ok("page", {"url": f"https://shop.example/{payload}", "title": payload})
    await tab.ok("identify", {"token": signed(payload[:100], name=payload[:120], company=payload[:120])})
    state = await agent.accept(tab.conversation_id)
    await agent.reply(state, payload, seen_seq=99_999)
    await agent.ok("close", {"conversation_id": tab.conversation_id, "epoch": state["epoch"]})
    return tab


async def look_around_the_console(page: Page, hub: RunningHub, chats: list[Visitor], full: bool) -> None:
    await page.goto(f"{hub.url}/console")
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    for tab in chats:
        await page.evaluate(
            "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
            f"/console/inbox/{tab.conversation_id}",
        )
        await expect(page.get_by_role("log", name="Conversation")).to_contain_text("You said")
        await expect(page.get_by_role("complementary", name="Lead")).to_contain_text("Verified")
    await page.goto(f"{hub.url}/console/leads")
    await expect(page.get_by_role("table")).to_be_visible()


async def ring(page: Page, hub: RunningHub, payload: str) -> None:
    """Somebody whose name is the payload calls for a person."""
    tab = Visitor(hub.url)
    await tab.connect(auth={"v": 1, "site": "main"})
    hub.clients.append(tab)
    await tab.join()
    await tab.say(payload)
    await tab.ok(
        "contact", {"client_msg_id": new_id(), "name": payload[:120], "email": "x@example.com", "message": payload, "consent": tab.consent}
    )
    await expect(page.get_by_role("alert", name="Somebody is waiting")).to_be_visible()
    await page.get_by_role("alert", name="Somebody is waiting").get_by_role("button", name=re.compile("^Accept")).click()
    await expect(page.get_by_text("You are answering")).to_be_visible()


async def let_in(browser: Browser, payloads: tuple[str, ...]) -> int:
    """How many of them run in a page that takes them for markup: what this corpus is worth."""
    context = await browser.new_context()
    heard = await listen(context)
    page = await context.new_page()
    live = 0
    for payload in payloads:
        before = len(heard.ran)
        await page.goto("about:blank")
        await page.evaluate("html => { document.open(); document.write('<body>' + html); document.close(); }", payload)
        await page.wait_for_timeout(50)  # a picture that fails to load takes a moment; nothing is judged by it
        live += len(heard.ran) > before
    await context.close()
    return live


@pytest.mark.long
async def test_a7_what_people_write_never_runs(new_hub: StartHub, scenario: NewScenario, scale: Scale) -> None:
    port, payloads = free_port(), PLAIN if scale.full else PLAIN[::6]
    shop = f"http://127.0.0.1:{port}"  # another origin, but the same site: the browser keeps what the frame stores
    hub = await new_hub(
        widget=WIDGET,
        sites={"main": {"origins": [shop], "identity_secret": SECRET}},
        tuning=quick(signals_per_minute=60_000, signal_burst=10_000),
        ring_seconds=60.0,
    )
    with scenario(
        "A7",
        "Nothing that a visitor, a page or an agent writes runs as script",
        f"{len(payloads)} known texts as message, name, e-mail, company, page title and address, signed claim, bot's and agent's line; "
        "looked at in Chromium in the widget, its preview on the page, and the console (inbox, talk, lead pane, pages, leads, ring)",
        "0 scripts run, 0 reports of the Content-Security-Policy",
    ) as it:
        agent = await hub.agent("mara@example.com")
        chats = [await a_chat(hub, agent, payload) for payload in payloads]
        everything = Visitor(hub.url)
        await everything.connect(auth={"v": 1, "site": "main"})
        hub.clients.append(everything)
        await everything.join()
        for payload in payloads:
            await everything.say(payload)
        state = await agent.accept(everything.conversation_id)
        for payload in payloads:
            await agent.reply(state, payload, seen_seq=99_999)
        async with async_chromium() as browser, serve(port, {"/": SHOP % (escaped(payloads[0]), hub.url)}):
            context = await browser.new_context(permissions=["notifications"])
            heard = await listen(context)
            page = await context.new_page()
            await context.add_init_script(
                f"if (location.origin === '{hub.url}') localStorage.setItem('handraise:main:token', '{everything.token}')"
            )
            await page.goto(shop)
            await page.get_by_role("button", name=re.compile("^Open chat")).click()
            log = page.frame_locator("iframe").get_by_role("log")
            await expect(log).to_contain_text(payloads[-1].strip())
            shown = await log.inner_text()
            await page.frame_locator("iframe").get_by_label("Write a message").press("Escape")
            for payload in payloads:
                await agent.reply(state, payload, seen_seq=99_999)  # the window is closed: a preview on the customer's page
            await expect(page.get_by_text(payloads[-1].strip()[:40], exact=False).first).to_be_visible()

            console = await browser.new_context(permissions=["notifications"])
            also = await listen(console)
            await console.add_cookies([{"name": "handraise_session", "value": await hub.session("otto@example.com"), "url": hub.url}])
            desk = await console.new_page()
            await look_around_the_console(desk, hub, chats, scale.full)
            for payload in payloads[:: max(1, len(payloads) // 8)]:
                await ring(desk, hub, payload)
            live = await let_in(browser, payloads)
            if scale.full:
                for what, name in ((desk, "a7-console"), (page, "a7-page")):
                    await what.screenshot(path=SCREENSHOTS / f"{name}.png")
        it.must("scripts that ran in the widget", len(heard.ran), why=str(heard.ran[:3]))
        it.must("scripts that ran in the console", len(also.ran), why=str(also.ran[:3]))
        it.must("stopped by a policy", len(heard.stopped) + len(also.stopped), why=str((heard.stopped + also.stopped)[:5]))
        reports: Any = hub.runner.app[REPORTS].counts
        it.must("reports at the hub", sum(reports.values()), why=str(reports))
        it.must("errors in the pages", len(heard.errors) + len(also.errors), why=str((heard.errors + also.errors)[:3]))
        it.must(
            "texts that did not stand there as written",
            sum(clean(payload).split("\n")[0].strip()[:30] not in shown for payload in payloads),
        )
        it.tell("texts", len(payloads))
        it.tell("of these run where they are let in", live)
        assert live > len(payloads) // 3


async def chats_of(hub: RunningHub) -> list[str]:
    async with hub.database.read() as session:
        return list(await session.scalars(select(Conversation.id)))


HOSTILE = """<!doctype html><script>
const shapes = [
  {mark: 'handraise', type: 'ready'}, {mark: 'handraise', type: 'unread', count: 7}, {mark: 'handraise', type: 'preview', text: 'HOSTILE'},
  {mark: 'handraise', type: 'close'}, {mark: 'handraise', type: 'spoken'}, {mark: 'handraise', type: 'trouble', text: 'HOSTILE'},
  {mark: 'handraise', type: 'hello', page: {url: 'https://hostile.example/', title: 'HOSTILE', referrer: ''}, lang: 'de', open: true},
  {mark: 'handraise', type: 'page', page: {url: 'https://hostile.example/', title: 'HOSTILE', referrer: ''}},
  {mark: 'handraise', type: 'reset'}, {mark: 'handraise', type: 'identify', token: 'HOSTILE'},
  {mark: 'handraise', type: 'opened', focus: true},
];
function all(frame, found = new Set()) {
  if (found.has(frame)) return found;
  found.add(frame);
  for (let n = 0; n < frame.length; n += 1) all(frame[n], found);
  return found;
}
function attack() {
  let sent = 0;
  for (const frame of all(top)) for (const shape of shapes) { frame.postMessage(shape, '*'); sent += 1; }
  top.postMessage({sent, mine: true}, '*');
}
setInterval(attack, 100);
</script>"""


COUNT = """window.attacks = {};
addEventListener('message', ({ data, origin }) => { if (data.mine) attacks[origin] = (attacks[origin] ?? 0) + data.sent; });"""
BEFORE = """() => { const root = document.querySelector('handraise-chat').shadowRoot; return [
  !root.querySelector('.badge').hidden, !root.querySelector('.teaser').hidden && root.textContent.includes('HOSTILE'),
  root.querySelector('.panel').classList.contains('ready'), localStorage.length > 0]; }"""
AFTER = """() => { const root = document.querySelector('handraise-chat').shadowRoot; return [
  !root.querySelector('.panel').classList.contains('open'), !root.querySelector('.badge').hidden,
  root.textContent.includes('HOSTILE')]; }"""


async def test_a22_messages_from_a_foreign_frame_are_ignored(new_hub: StartHub, scenario: NewScenario) -> None:
    port, other = free_port(), free_port()
    shop, hostile = f"http://127.0.0.1:{port}", f"http://localhost:{other}"
    hub = await new_hub(widget=WIDGET, sites={"main": {"origins": [shop]}})
    body = (
        SHOP % ("Shop", hub.url)
        + f'<iframe id="ad" src="{hostile}/"></iframe><iframe id="null" sandbox="allow-scripts" srcdoc="{escaped(HOSTILE)}"></iframe>'
    )
    thief = f'<!doctype html><iframe src="{hub.url}/widget/frame?site=main"></iframe>{HOSTILE}'
    with scenario(
        "A22",
        "Messages of the right shape from a foreign frame or page change nothing, in the loader and in the window",
        "two frames on the customer's page (a third origin, and the origin null of a sandbox) send every message of the bridge to every "
        "window they reach, ten times a second, before and after the chat is open; another page shows the window of the chat in a frame",
        "0 effects on button, badge, preview, window, marks, pages and chats; the foreign page shows nothing",
    ) as it:
        async with async_chromium() as browser, serve(port, {"/": body}), serve(other, {"/": HOSTILE, "/thief": thief}):
            context = await browser.new_context()
            await listen(context)
            page = await context.new_page()
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            await page.add_init_script(COUNT)
            await page.goto(shop)
            await page.wait_for_function("Object.values(attacks).length === 2 && Math.min(...Object.values(attacks)) > 100")
            effects = await page.evaluate(BEFORE)
            it.must("effects before the chat was open", sum(map(bool, effects)), why=str(effects))
            await page.get_by_role("button", name=re.compile("^Open chat")).click()
            frame = page.frame_locator("handraise-chat iframe")
            await expect(frame.get_by_role("log")).to_contain_text("What brings you here?")
            before = await page.evaluate("({...attacks})")
            await page.wait_for_function(
                "(before) => Object.entries(before).every(([origin, count]) => attacks[origin] > count + 200)", arg=before
            )
            box = frame.get_by_role("textbox").first
            await box.fill("Still my chat")
            await box.press("Enter")
            await expect(frame.get_by_role("log")).to_contain_text("You said: Still my chat")
            language = await frame.locator("html").get_attribute("lang")
            attacks = await page.evaluate("Object.values(attacks).reduce((sum, one) => sum + one, 0)")
            after = await page.evaluate(AFTER)
            it.must("effects while it was open", sum(map(bool, after)) + (language != "en"), why=f"{after} {language}")
            it.must("words of theirs in the page's console", sum("HOSTILE" in line for line in said), why=str(said[:3]))
            trails = hub.runner.app[HUB].visits.trails
            chats = await chats_of(hub)
            it.must("chats begun by them", len(chats) - 1)
            it.must("pages of theirs at the agents'", sum("hostile" in str(trails.current(one)) for one in chats))
            stolen = await context.new_page()
            await stolen.goto(f"{hostile}/thief")
            await stolen.wait_for_function("window.frames.length === 1")
            framed = [one for one in stolen.frames if one.parent_frame is not None]
            it.must(
                "windows of the chat on a foreign page",
                sum(one.url.startswith(hub.url) for one in framed),
                why=str([one.url for one in framed]),
            )
            it.tell("messages sent", float(attacks))
