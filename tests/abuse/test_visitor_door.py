"""A1 to A4: who comes in, with which token, when, and what nobody can say about themselves."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as Refused
from sqlalchemy import event, func, select, update

from leads.clock import now
from leads.models import Conversation, Entry
from tests.faults.results import NewScenario, Scale
from tests.webhook.clients import AgentClient, Client, Visitor, new_id, without_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.test_contract import client_samples
from webhook.visitor_tokens import new_token

pytestmark = pytest.mark.timeout(900)

MAIN, SHOP = "https://www.example.com", "https://shop.example.net"
SITES = {"main": {"origins": [MAIN]}, "shop": {"origins": [SHOP]}}
MANY = quick(
    join_seconds=3600.0,
    local_new_chats_per_minute=1e7,
    site_new_chats_per_minute=1e7,
    local_handshakes_per_minute=1e7,
    signals_per_minute=1e7,
    signal_burst=10_000,
)

FOREIGN = (
    *("null", "https://evil.test", "http://www.example.com", "https://example.com", "https://www.example.com.evil.test"),
    *("https://evilwww.example.com", "https://www.example.com:8443", "https://www.example.com.", "https://www.example.com/", "file://"),
    *(
        "https://www.example.com@evil.test",
        "https://www.example.com#",
        " https://www.example.com,https://evil.test",
        "HTTPS://WWW.EXAMPLE.COM",
    ),
    *(
        "chrome-extension://abcdefghijklmnop",
        "https://xn--www-example-com.test",
        "www.example.com",
        "*",
        "http://localhost",
        "http://127.0.0.1",
    ),
)


async def door(hub: RunningHub, namespace: str, origin: str, site: str = "main", cookie: str = "") -> Client | None:
    """A client that says it is on a page of this origin ("": says nothing), or None when it was not let in."""
    client = Visitor(hub.url) if namespace == "/visitor" else Client(hub.url, namespace)
    headers = {"Origin": origin} | ({"Cookie": f"handraise_session={cookie}"} if cookie else {})
    try:
        await client.connect(auth={"v": 1, "site": site}, headers=headers)
    except Refused:
        return None
    hub.clients.append(client)
    return client


async def told(hub: RunningHub, site: str, token: str | None, origin: str = "") -> dict[str, Any]:
    tab = await door(hub, "/visitor", origin, site)
    assert tab is not None
    answer = await tab.call("join", {"token": token, "last_seq": 0, "page": None, "lang": None})
    await tab.close()
    return answer


async def test_a1_origins(new_hub: StartHub, scenario: NewScenario) -> None:
    hub = await new_hub(sites=SITES, tuning=MANY)
    cookie = await hub.session("mara@example.com")
    with scenario(
        "A1",
        "Only pages that the settings name come in, each to its own site; who names none resumes with a token and begins nothing",
        f"{len(FOREIGN)} origins (wrong, null, look-alikes, other scheme or port, with path, user or comma) "
        f"at the three namespaces; each site's own page at "
        "the other site; sockets without Origin with no, a made-up and a valid token",
        "0 foreign ones let in, 0 known ones refused, 0 chats begun without Origin",
    ) as it:
        let_in = [
            (space, origin) for space in ("/visitor", "/agent", "/") for origin in FOREIGN if await door(hub, space, origin, cookie=cookie)
        ]
        it.must("foreign pages let in", len(let_in), why=str(let_in))
        crossed = [
            await door(hub, "/visitor", SHOP, "main"),
            await door(hub, "/visitor", MAIN, "shop"),
            await door(hub, "/visitor", MAIN, "none"),
        ]
        it.must("pages of another site let in", sum(one is not None for one in crossed))
        it.must("pages at the agents' door", sum([await door(hub, "/agent", one, cookie=cookie) is not None for one in (MAIN, SHOP, "")]))
        known = [
            ("/visitor", MAIN, "main"),
            ("/visitor", SHOP, "shop"),
            ("/visitor", hub.url, "shop"),
            ("/", MAIN, ""),
            ("/agent", hub.url, ""),
        ]
        refused = [one for one in known if await door(hub, one[0], one[1], one[2], cookie) is None]
        it.must("known pages refused", len(refused), why=str(refused))
        owner = await door(hub, "/visitor", MAIN)
        assert isinstance(owner, Visitor)
        await owner.join()
        before = await count(hub)
        begun = [(await told(hub, "main", token))["ok"] for token in (None, "", "x" * 32, owner.conversation_id)]
        bare = await door(hub, "/", "")
        assert bare is not None
        await bare.sio.emit("session_request", {"session_id": "a0d2c4e6f8091a2b3c4d5e6f708192a3"}, namespace="/")
        await bare.wait("bot_uttered", lambda data: "no browser" in data["text"])
        it.must("chats begun without Origin", sum(begun) + await count(hub) - before)
        it.must("valid tokens refused without Origin", not (await told(hub, "main", owner.token))["ok"])
        it.tell("tried", len(FOREIGN) * 3 + 16)


async def count(hub: RunningHub) -> int:
    async with hub.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Conversation)) or 0


async def test_a2_tokens(new_hub: StartHub, scenario: NewScenario, scale: Scale) -> None:
    tries = scale.of(10_000, 400)
    hub = await new_hub(
        sites=SITES,
        tuning=quick(
            **{name: getattr(MANY, name) for name in MANY.__dataclass_fields__} | {"renew_seconds": 0.0, "token_grace_seconds": 0.0}
        ),
    )
    owner, other, gone = [await door(hub, "/visitor", MAIN) for _ in range(3)]
    elsewhere = await door(hub, "/visitor", SHOP, "shop")
    tabs = [one for one in (owner, other, gone, elsewhere) if isinstance(one, Visitor)]
    for tab in tabs:
        await tab.join()
    mine = tabs[0].token or ""
    young = (await tabs[0].ok("renew", {"token": mine}))["token"]
    await tabs[0].ok("renew", {"token": young})
    async with hub.database.write() as session:
        old = now() - timedelta(days=40)
        await session.execute(update(Conversation).where(Conversation.id == tabs[2].conversation_id).values(last_at=old))
    kinds: dict[str, Callable[[], str]] = {
        "unknown": new_token,
        "replaced": lambda: mine,
        "expired": lambda: tabs[2].token or "",
        "of another site": lambda: tabs[3].token or "",
        "id of a chat": lambda: tabs[1].conversation_id,
        "truncated": lambda: young[: 1 + time.monotonic_ns() % 31],
        "lengthened": lambda: young + token_urlsafe(4),
        "one sign changed": lambda: young[:-1] + ("A" if young[-1] != "A" else "B"),
        "other case": young.swapcase,
        "hash": lambda: "0" * 64,
    }
    with scenario(
        "A2",
        "Only the token that a browser keeps opens its chat; every other is answered alike",
        f"{tries} joins with tokens that are unknown, replaced, expired, of another site or visitor, "
        f"truncated, lengthened or changed, by clients without Origin "
        "and by browsers",
        f"0 of {tries} succeed; the same answer and the same work in the database for each kind",
    ) as it:
        opened, answers, work, times = 0, defaultdict(set), defaultdict(set), defaultdict(list)
        seen: list[str] = []
        for engine in hub.database.engines:
            event.listen(engine.sync_engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
        bare = await door(hub, "/visitor", "")
        assert bare is not None
        for number in range(tries):
            kind = list(kinds)[number % len(kinds)]
            token = kinds[kind]()
            seen.clear()
            begun = time.perf_counter()
            answer = await bare.call("join", {"token": token, "last_seq": 0, "page": None, "lang": None})
            times[kind].append(time.perf_counter() - begun)
            opened += answer["ok"]
            answers[kind].add(str(answer if answer["ok"] else without_id(answer)))
            work[kind].add(tuple(one for one in seen if "token_hash IN" in one))
        theirs = {tab.conversation_id for tab in tabs}
        for kind, make in kinds.items():
            answer = await told(hub, "main", make(), MAIN)
            opened += answer["state"]["conversation_id"] in theirs
            shape = {name: value for name, value in answer.items() if name in ("ok", "unsent_ok", "site")}
            answers[kind].add(str([shape, sorted(answer), [entry["text"] for entry in answer["entries"]]]))
        it.must("opened", opened)
        it.must("kinds that are answered in another way", len({frozenset(one) for one in answers.values()}) - 1)
        it.must("kinds that make the database work in another way", len({frozenset(one) for one in work.values()}) - 1)
        medians = [statistics.median(one) * 1000 for one in times.values()]
        it.time("median of the fastest kind", min(medians), unit="ms")
        it.time("median of the slowest kind", max(medians), unit="ms")
        it.must("right token refused", (await told(hub, "main", young))["state"]["conversation_id"] != tabs[0].conversation_id)
        it.tell("tried", tries + len(kinds))


async def test_a3_nothing_counts_before_the_door_is_passed(new_hub: StartHub, scenario: NewScenario, scale: Scale) -> None:
    rounds = scale.of(50, 10)
    hub = await new_hub(sites=SITES, tuning=MANY)
    victim = await door(hub, "/visitor", MAIN)
    assert isinstance(victim, Visitor)
    await victim.join()
    await victim.say("Hello")
    await victim.hears("You said: Hello")
    chat = victim.conversation_id
    message = '["message",{"client_msg_id":"{id}","text":"smuggled"}]'
    bursts = (
        [f"42/visitor,1{message}", '40/visitor,{"v":1,"site":"main"}', f"42/visitor,2{message}", '42/visitor,3["restart",{}]'],
        [
            '40/visitor,{"v":1,"site":"none"}',
            f"42/visitor,1{message}",
            '42/visitor,2["join",{"token":null,"last_seq":0}]',
            f"42/visitor,3{message}",
        ],
        ['40/visitor,{"v":2}', '42/visitor,1["join",{"token":null,"last_seq":0}]', f"42/visitor,2{message}"],
        ["40/agent,", '42/agent,1["join",{}]', f'42/agent,2["accept",{{"conversation_id":"{chat}"}}]'],
        [
            f'42/agent,1["accept",{{"conversation_id":"{chat}"}}]',
            "40/agent,",
            f'42/agent,2["open",{{"conversation_id":"{chat}","last_seq":0}}]',
        ],
        [f'42["user_uttered",{{"message":"smuggled","session_id":"{"s" * 32}"}}]'],
    )
    with scenario(
        "A3",
        "Events that come before or beside the way in are not handled",
        f"{rounds} rounds of {len(bursts)} bursts, each written at once over a WebSocket and over polling "
        f"(several packets in a body, two bodies at the same time): "
        "events before, with and after a connect that is refused, unfinished or without a join; the "
        "visitors', the agents' and Rasa's namespace",
        "0 lines stored, 0 chats begun or taken, 0 answers that say ok",
    ) as it:
        before, lines = await count(hub), await entries(hub)
        answers = [
            text for _ in range(rounds) for burst in bursts for text in await over_websocket(hub, burst) + await over_polling(hub, burst)
        ]
        it.must("lines stored", await entries(hub) - lines)
        it.must("chats begun", await count(hub) - before)
        async with hub.database.read() as session:
            it.must("chats taken", (await session.get_one(Conversation, chat)).holder != "bot")
        it.must(
            "answers that say ok",
            sum('"ok":true' in text for text in answers),
            why=str([text for text in answers if '"ok":true' in text][:2]),
        )
        it.tell("packets", rounds * 2 * sum(map(len, bursts)))
        await victim.say("Still here")
        await victim.hears("You said: Still here")


async def entries(hub: RunningHub) -> int:
    async with hub.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Entry)) or 0


async def over_websocket(hub: RunningHub, burst: list[str]) -> list[str]:
    """Everything at once; gives what came back until nothing more is due."""
    heard = []
    async with aiohttp.ClientSession() as session:
        line = await session.ws_connect(hub.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", headers={"Origin": MAIN})
        for packet in burst:
            await line.send_str(packet.replace("{id}", new_id()))
        await line.send_str('40/visitor,{"v":1,"site":"main"}')
        await line.send_str('42/visitor,99["sync",{"last_seq":0}]')  # everything before has been looked at when this is answered
        async for one in line:
            heard.append(str(one.data))
            if heard[-1].startswith("43/visitor,99"):
                break
        await line.close()
    return heard


async def over_polling(hub: RunningHub, burst: list[str]) -> list[str]:
    async with aiohttp.ClientSession(headers={"Origin": MAIN}) as session:
        address = f"{hub.url}/socket.io/?EIO=4&transport=polling"
        opened = await (await session.get(address)).text()
        address += "&sid=" + opened.split('"sid":"')[1].split('"')[0]
        body = "\x1e".join(packet.replace("{id}", new_id()) for packet in burst)
        first, second = session.post(address, data=body), session.post(address, data=body)
        await first
        await second
        await session.post(address, data="40")
        return [await (await session.get(address)).text()]


FORGED: dict[str, Any] = {
    **{
        name: "victim"
        for name in ("sender_id", "room", "sid", "to", "namespace", "site", "author", "author_id", "agent_id", "user", "user_id")
    },
    **{
        "role": "admin",
        "is_admin": True,
        "metadata": {"sender_id": "victim"},
        "customData": {"room": "victim"},
        "holder": "agent",
        "verified": True,
    },
    **{
        "__proto__": {"role": "admin"},
        "constructor": {"prototype": {}},
        "sender": "victim",
        "session_id": "victim",
        "skip_sid": "victim",
        "as": "bot",
    },
    **{
        "conversation_id": "victim",
        "kind": "holder",
        "data": {"holder": "closed"},
        "name": "Mara",
        "seq": 1,
        "at": "2020-01-01T00:00:00.000Z",
    },
}


async def test_a4_what_nobody_can_say_about_themselves(new_hub: StartHub, scenario: NewScenario) -> None:
    hub = await new_hub(tuning=MANY)
    victim, tab = await hub.visitor(), await hub.visitor()
    agent: AgentClient = await hub.agent()
    await victim.say("Mine")
    await victim.hears("You said: Mine")
    heard = len(victim.events)
    with scenario(
        "A4",
        "No event takes a room, a sender, a sid, a role or a name from the client",
        f"every event of visitors and agents with each of {len(FORGED)} more fields, and Rasa's with all of "
        f"them at once, naming another visitor's chat",
        "0 taken, 0 lines, typing or states at the other visitor",
    ) as it:
        taken, sent = [], 0
        for namespace, name, _sample, payload in client_samples("valid"):
            client = tab if namespace == "visitor" else agent
            for field, value in FORGED.items():
                if field in payload:
                    continue
                forged = {**payload, field: victim.conversation_id if value == "victim" else value}
                answer = await client.call(name, forged)
                sent += 1
                if answer["ok"] or answer["error"]["code"] not in ("invalid", "forbidden"):
                    taken.append((namespace, name, field, answer))
        it.must("taken", len(taken), why=str(taken[:3]))
        rasa = Client(hub.url, "/")
        await rasa.connect()
        hub.clients.append(rasa)
        known = {"session_id": "b1d2c4e6f8091a2b3c4d5e6f708192a3"}
        await rasa.sio.emit("session_request", {**FORGED, **known, "sender_id": victim.token}, namespace="/")
        await rasa.wait("session_confirm")
        everything = {name: victim.conversation_id if value == "victim" else value for name, value in FORGED.items()}
        await rasa.sio.emit("user_uttered", {**everything, **known, "message": "smuggled"}, namespace="/")
        await rasa.wait("bot_uttered", lambda data: data["text"] == "You said: smuggled")
        await victim.ok("sync", {"last_seq": 0})  # whatever was on its way has arrived
        it.must("heard by the other visitor", len(victim.events) - heard, why=str(victim.events[heard:][:3]))
        it.tell("tried", sent + 2)
