"""R2 to R6 in real browsers: what visitors see when lines, pages and acknowledgements are lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from handraise.ports import free_port
from leads.models import Entry
from tests.e2e.browser import async_chromium
from tests.e2e.browser import waiting_browser as waiting_browser
from tests.faults.browsers import PATIENCE, UNDER_WAY, Tab, after_crash, loses_sends, visit
from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import p95
from tests.faults.proxy import Proxy, drops_acks
from tests.faults.results import Scenario
from tests.faults.world import World

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
async def proxy(world: World) -> AsyncIterator[Proxy]:
    """A hub with a proxy in front, which is the address that browsers know."""
    hub = world.new_hub()
    made = await Proxy(hub.port).start()
    hub.settings["public_url"] = made.url
    await hub.start()
    yield made
    await made.stop()


async def stored(world: World) -> list[str]:
    """What visitors said, as the database has it, in the order of the log."""
    async with world.database.read() as session:
        said = select(Entry.text).where(Entry.author == "visitor", Entry.kind == "message")
        return list(await session.scalars(said.order_by(Entry.conversation_id, Entry.seq)))


async def judged(world: World, it: Scenario, tabs: list[Tab], lines: list[str]) -> None:
    """Each line is stored once and each tab shows it once, all in the same order."""
    for tab in tabs:
        await expect(tab.frame.locator(UNDER_WAY)).to_have_count(0, timeout=PATIENCE)
    rows = await stored(world)
    it.must("lines lost", len(set(lines) - set(rows)))
    it.must("stored twice", len(rows) - len(set(rows)))
    for tab in tabs:
        await tab.shows(rows)
    shown = [await tab.everything() for tab in tabs]
    it.must("tabs that differ", sum(one != shown[0] for one in shown))
    it.tell("lines compared", len(rows))


@pytest.mark.full
async def test_r2_acknowledgements_are_lost(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario, scale: Scale) -> None:
    lines = [f"line {number}" for number in range(scale.of(30, 6))]
    with scenario(
        "R2b",
        "A lost acknowledgement costs nothing (in the browser)",
        f"a proxy drops 30 % of the acknowledgements of {len(lines)} lines written in a widget",
        "each stored once and shown once, in order",
    ) as it:
        tab = await visit(await browser.new_context(), proxy.url)
        proxy.drop = drops_acks(0.3, random.Random(4))
        for line in lines:
            await tab.say(line)
        await tab.shows(lines)
        await judged(world, it, [tab], lines)
        it.tell("acknowledgements dropped", proxy.dropped)
        assert proxy.dropped > 0


@pytest.mark.full
async def test_r3_connections_are_cut(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario, scale: Scale) -> None:
    count, (least, most) = scale.of(24, 5), scale.of((3, 10), (0.5, 2))
    with scenario(
        "R3b",
        "Broken connections lose nothing (in the browser)",
        f"a proxy cuts each connection after {least} to {most} s while two tabs write {count} lines each",
        "each stored once, both tabs show the same; back p95 1.5 s",
    ) as it:
        context = await browser.new_context()
        tabs = [await visit(context, proxy.url) for _ in range(2)]
        luck = random.Random(5)
        proxy.cut_after = lambda: luck.uniform(least, most)
        proxy.cut_all()
        for number in range(count):
            for name, tab in zip("ab", tabs, strict=True):
                await tab.say(f"{name}{number}")
            await asyncio.sleep(scale.of(2.0, 0.4))  # the cuts must fall between the lines
        proxy.cut_after = None
        back = [await _comes_back(tabs[0], proxy) for _ in range(scale.of(20, 2))]
        lines = [f"{name}{number}" for number in range(count) for name in "ab"]
        await expect(tabs[0].mine).to_have_count(len(lines), timeout=PATIENCE)
        await judged(world, it, tabs, lines)
        rows = await stored(world)
        it.must(
            "lines of one tab out of order", sum([row for row in rows if row[0] == name] != lines[at::2] for at, name in enumerate("ab"))
        )
        it.time("back after a cut p95", p95(back), 1.5)
        it.tell("cuts", proxy.cuts)


async def _comes_back(tab: Tab, proxy: Proxy) -> float:
    """Cut everything; seconds until the widget has joined again, as its header says."""
    status = tab.frame.locator(".header .status")
    await expect(status).not_to_have_text("Connecting…", timeout=PATIENCE)
    proxy.cut_all()
    begun = time.monotonic()
    await expect(status).to_have_text("Connecting…")
    await expect(status).not_to_have_text("Connecting…", timeout=PATIENCE)
    return time.monotonic() - begun


@pytest.mark.full
async def test_r4_a_network_that_swallows_everything(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario) -> None:
    with scenario(
        "R4b",
        "A dead network is noticed and survived (in the browser)",
        "60 s in which nothing passes and nobody is told; one tab writes, another only looks",
        "offline shown within 50 s; 0 lost, 0 twice",
    ) as it:
        idle = await visit(await browser.new_context(), proxy.url)
        writer = await visit(await browser.new_context(), proxy.url)
        await writer.say("before")
        await writer.shows(["before"])
        proxy.swallow()
        begun = time.monotonic()
        await writer.say("meanwhile")
        seen = dict(zip(("writer", "idle"), await asyncio.gather(_offline(writer, begun), _offline(idle, begun)), strict=True))
        await writer.say("offline")
        await asyncio.sleep(max(0.0, 60 - (time.monotonic() - begun)))  # the network is gone for a minute
        await expect(writer.mine).to_have_text(["before", "meanwhile", "offline"])
        proxy.flow()
        begun = time.monotonic()
        await writer.shows(["before", "meanwhile", "offline"])
        it.time("all sent after", time.monotonic() - begun)
        await judged(world, it, [writer], ["before", "meanwhile", "offline"])
        for who, seconds in seen.items():
            it.must(f"offline shown to the {who} after", seconds, 50, "s")


async def _offline(tab: Tab, begun: float) -> float:
    await expect(tab.offline).to_be_visible(timeout=70_000)
    return time.monotonic() - begun


async def _written_but_not_sent(world: World, proxy: Proxy, tab: Tab) -> list[str]:
    """Five lines that wait in the page; from then on the way is free again."""
    lines = [f"line {number}" for number in range(5)]
    loses_sends(proxy)
    for line in lines:
        await tab.say(line)
    await expect(tab.frame.locator(".bubble.sending")).to_have_count(5)
    assert await stored(world) == []
    proxy.drop = None
    return lines


async def test_r5_a_reload_with_unsent_lines(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario) -> None:
    with scenario(
        "R5b", "Unsent lines survive a reload (in the browser)", "reload of a page with 5 unsent lines", "they arrive once, in order"
    ) as it:
        tab = await visit(await browser.new_context(), proxy.url)
        lines = await _written_but_not_sent(world, proxy, tab)
        await tab.page.reload()
        await tab.open_chat()
        await tab.shows(lines)
        await judged(world, it, [tab], lines)
        it.must("out of order", int(await stored(world) != lines))


async def test_r5_a_crash_with_unsent_lines(world: World, proxy: Proxy, scenario: NewScenario) -> None:
    port = free_port()
    with scenario(
        "R5c",
        "Unsent lines survive a crash of the page (in the browser)",
        "the process that draws a page with 5 unsent lines dies; the page is loaded again",
        "they arrive once, in order",
    ) as it:
        async with async_chromium(f"--remote-debugging-port={port}") as browser:
            before = await visit(await browser.new_context(), proxy.url)
            lines = await _written_but_not_sent(world, proxy, before)
            async with after_crash(before, port) as tab:
                await tab.open_chat()
                await tab.shows(lines)
                await judged(world, it, [tab], lines)
                it.must("out of order", int(await stored(world) != lines))


@pytest.mark.full
async def test_r6_two_tabs_write_at_once(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario, scale: Scale) -> None:
    count = scale.of(15, 4)
    with scenario(
        "R6b",
        "Two tabs show the same conversation (in the browser)",
        f"two tabs of one visitor write {count} lines each at the same time",
        "both show the same lines in the same order",
    ) as it:
        context = await browser.new_context()
        tabs = [await visit(context, proxy.url) for _ in range(2)]
        for number in range(count):
            await asyncio.gather(*(tab.say(f"{name}{number}") for name, tab in zip("ab", tabs, strict=True)))
        lines = [f"{name}{number}" for number in range(count) for name in "ab"]
        for tab in tabs:
            await expect(tab.mine).to_have_count(len(lines), timeout=PATIENCE)
            await expect(tab.frame.locator(".group.bot .bubble").last).to_contain_text("You said", timeout=PATIENCE)
        await judged(world, it, tabs, lines)
