"""Signing in with another provider: a real one as a process of its own, and one that lies."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select

from handraise.ports import free_port
from leads.models import Agent
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub
from tests.webhook.test_account import set_up
from webhook.accounts import set_active
from webhook.seal import shared_key

PEOPLE: list[dict[str, Any]] = [
    {"sub": "m-1", "email": "Mara@example.com", "email_verified": True, "name": "Mara Lind"},
    {"sub": "m-2", "email": "mara@example.com", "email_verified": True},
    {"sub": "n-1", "email": "nora@example.com", "email_verified": True, "name": "Nora Falk"},
    {"sub": "otp", "email": "mara@example.com", "email_verified": True, "amr": ["pwd", "otp"]},
    {"sub": "pwd", "email": "mara@example.com", "email_verified": True, "amr": ["pwd"], "acr": "urn:example:one"},
    {"sub": "acr", "email": "mara@example.com", "email_verified": True, "acr": "urn:example:two"},
    {"sub": "u-1", "email": "unproven@example.com", "email_verified": False},
    {"sub": "x-1", "email": "somebody@elsewhere.example", "email_verified": True},
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """A provider as a process of its own; gives its issuer."""
    port = free_port()
    claims = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    words = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", *claims]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port)):
                break
        except ConnectionRefusedError:
            assert process.poll() is None and time.monotonic() < deadline, "the provider did not start"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


class Browser:
    """Follows no redirect by itself and keeps cookies like a browser."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self.cookies: dict[str, str] = {}

    async def get(self, path: str) -> tuple[int, str]:
        """Status, and where it leads."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        url = path if path.startswith("http") else f"{self.hub.url}{path}"
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers, allow_redirects=False) as response:
            for name, morsel in response.cookies.items():
                self.cookies[name] = morsel.value
            self.cookies = {name: value for name, value in self.cookies.items() if value}
            return response.status, response.headers.get("Location", "")

    async def start(self) -> str:
        """To the provider: its address with our request."""
        status, address = await self.get("/console/api/oidc/start")
        assert status == 302, status
        return address

    async def come_back(self, address: str, subject: str) -> str:
        """Say there who one is; gives the address that leads back."""
        form = {"sub": subject}
        async with aiohttp.ClientSession() as session, session.post(address, data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return response.headers["Location"]

    async def sign_in(self, subject: str) -> str:
        """All of it; gives where one lands."""
        back = await self.come_back(await self.start(), subject)
        assert back.startswith(f"{self.hub.settings.url}/console/api/oidc/callback?")
        return (await self.get(back.replace(self.hub.settings.url, self.hub.url)))[1]

    async def code(self, code: str) -> tuple[int, Any]:
        """Type a code of the second factor; status and answer."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Origin": self.hub.url}
        url = f"{self.hub.url}/console/api/oidc/code"
        async with aiohttp.ClientSession() as session, session.post(url, headers=headers, json={"code": code}) as response:
            self.cookies |= {name: morsel.value for name, morsel in response.cookies.items()}
            self.cookies = {name: value for name, value in self.cookies.items() if value}
            return response.status, await response.json()

    @property
    def session(self) -> str:
        """The cookie of whoever is signed in."""
        return self.cookies.get("handraise_session", "")

    async def me(self) -> Any:
        response = await self.hub.get("/console/api/me", cookie=self.session)
        return (await response.json()).get("me")


StartWith = Callable[..., Awaitable[RunningHub]]


@pytest.fixture
def with_provider(new_hub: StartHub, provider: str) -> StartWith:
    async def start(**options: Any) -> RunningHub:
        return await new_hub(oidc_issuer=provider, oidc_client_id="handraise", oidc_client_secret="s3cret s3cret", **options)

    return start


async def test_somebody_with_an_account_signs_in_and_is_bound_to_their_subject(with_provider: StartWith) -> None:
    hub = await with_provider()
    await hub.account()
    browser = Browser(hub)
    assert await browser.sign_in("m-1") == "/console"
    assert (await browser.me())["name"] == "Mara"
    assert set(browser.cookies) == {"handraise_session"}
    other = Browser(hub)
    assert await other.sign_in("m-2") == "/console#problem=other_person", "the same address, another person"
    assert await other.me() is None
    again = Browser(hub)
    assert await again.sign_in("m-1") == "/console"


async def test_a_provider_that_says_nothing_of_a_second_factor_is_no_way_around_ours(with_provider: StartWith) -> None:
    hub = await with_provider(second_factor=("agent",))
    await hub.account()
    first = Browser(hub)
    assert await first.sign_in("pwd") == "/console"
    assert (await first.me())["must_set_up"] is True, "the role may do nothing without one"
    app, codes = await set_up(hub, first.session)
    assert (await first.me())["must_set_up"] is False

    again = Browser(hub)
    assert await again.sign_in("pwd") == "/console#step=code"
    assert (set(again.cookies), await again.me()) == ({"handraise_halfway"}, None)
    assert (await again.code("000000"))[1]["error"]["code"] == "wrong_code"
    assert await again.me() is None
    status, body = await again.code(app.now())
    assert (status, body["me"]["must_set_up"], set(again.cookies)) == (200, False, {"handraise_session"})
    lost = Browser(hub)
    await lost.sign_in("pwd")
    assert (await lost.code(app.now()))[1]["error"]["code"] == "wrong_code", "each code counts once"
    assert (await lost.code(codes[0]))[0] == 200


async def test_who_has_a_second_factor_of_their_own_accord_is_asked_for_it_too(with_provider: StartWith) -> None:
    hub = await with_provider()
    await hub.account()
    first = Browser(hub)
    await first.sign_in("m-1")
    app, _codes = await set_up(hub, first.session)
    again = Browser(hub)
    assert await again.sign_in("m-1") == "/console#step=code"
    assert (await again.code(app.now()))[0] == 200


@pytest.mark.parametrize(("subject", "enough"), [("otp", True), ("acr", True), ("pwd", False), ("m-1", False)])
async def test_a_second_factor_that_the_provider_says_it_asked_for_counts(with_provider: StartWith, subject: str, enough: bool) -> None:
    hub = await with_provider(second_factor=("agent",), oidc_acr="urn:example:two, urn:example:three")
    await hub.account()
    browser = Browser(hub)
    assert parse_qs(urlsplit(await browser.start()).query)["acr_values"] == ["urn:example:two urn:example:three"]
    await browser.sign_in(subject)
    assert (await browser.me())["must_set_up"] is not enough
    await set_up(hub, browser.session)
    assert await Browser(hub).sign_in(subject) == ("/console" if enough else "/console#step=code")


async def test_without_the_way_over_the_provider_no_code_lets_in(with_provider: StartWith) -> None:
    hub = await with_provider()
    await hub.account()
    first, second = Browser(hub), Browser(hub)
    await first.sign_in("m-1")
    app, codes = await set_up(hub, first.session)
    await second.sign_in("m-1")
    good = second.cookies["handraise_halfway"]
    head, claims, signature = good.split(".")
    key = OctKey.import_key(await shared_key(hub.database, "oidc"))
    fields = jwt.decode(good, key, algorithms=["HS256"]).claims
    forged = [
        "",
        "x.y.z",
        f"{head}.{claims}.{signature[:-2]}",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        jwt.encode({"alg": "HS256"}, fields, OctKey.import_key("x" * 64)),
        jwt.encode({"alg": "HS256"}, fields | {"exp": int(time.time()) - 1}, key),
        jwt.encode({"alg": "HS256"}, {name: value for name, value in fields.items() if name != "exp"}, key),
        jwt.encode({"alg": "HS256"}, fields | {"as": "somebody else"}, key),
    ]
    for one in forged:
        second.cookies = {"handraise_halfway": one}
        assert (await second.code(app.now()))[1]["error"]["code"] == "provider_again", one
    await set_active(hub.database, "mara@example.com", False)
    second.cookies = {"handraise_halfway": good}
    assert (await second.code(codes[0]))[1]["error"]["code"] == "provider_again", "switched off meanwhile"


@pytest.mark.parametrize(("subject", "problem"), [("u-1", "not_verified"), ("x-1", "no_account"), ("n-1", "no_account")])
async def test_without_a_confirmed_address_and_an_account_nobody_comes_in(with_provider: StartWith, subject: str, problem: str) -> None:
    hub = await with_provider(oidc_domains="example.org")
    browser = Browser(hub)
    assert await browser.sign_in(subject) == f"/console#problem={problem}"
    assert await browser.me() is None
    async with hub.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Agent)) == 0


async def test_an_allowed_domain_gets_accounts_with_the_default_role(with_provider: StartWith) -> None:
    hub = await with_provider(oidc_domains="example.com, example.org", oidc_role="marketer")
    browser = Browser(hub)
    assert await browser.sign_in("n-1") == "/console"
    me = await browser.me()
    assert (me["name"], me["email"], me["role"]) == ("Nora Falk", "nora@example.com", "marketer")
    stranger = Browser(hub)
    assert await stranger.sign_in("x-1") == "/console#problem=no_account"
    assert (await hub.post("login", {"email": "nora@example.com", "password": "-"}))[0] == 401, "there is no password"


async def test_a_switched_off_account_stays_off(with_provider: StartWith) -> None:
    hub = await with_provider(oidc_domains="example.com")
    await hub.account()
    browser = Browser(hub)
    await browser.sign_in("m-1")
    await set_active(hub.database, "mara@example.com", False)
    assert await Browser(hub).sign_in("m-1") == "/console#problem=no_account"
    assert await Browser(hub).sign_in("m-2") == "/console#problem=no_account"


async def test_the_request_has_state_nonce_and_a_challenge_for_exactly_one_way_back(with_provider: StartWith) -> None:
    hub = await with_provider()
    first, second = Browser(hub), Browser(hub)
    one, two = [parse_qs(urlsplit(await browser.start()).query) for browser in (first, second)]
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name][0]) >= 43 and one[name] != two[name], name
    assert (one["code_challenge_method"], one["response_type"]) == (["S256"], ["code"])
    assert one["redirect_uri"] == [f"{hub.settings.url}/console/api/oidc/callback"]
    assert one["code_challenge"][0] == create_s256_code_challenge(first.cookies["handraise_oidc"].split(".")[2])


async def test_an_answer_for_another_browser_is_worth_nothing(with_provider: StartWith) -> None:
    hub = await with_provider()
    await hub.account()
    attacker, victim = Browser(hub), Browser(hub)
    back = (await attacker.come_back(await attacker.start(), "m-1")).replace(hub.settings.url, hub.url)
    assert (await victim.get(back))[1] == "/console#problem=failed", "the victim has no cookie of ours"
    await victim.start()
    assert (await victim.get(back))[1] == "/console#problem=failed", "the victim's own state is another"
    assert await victim.me() is None
    await attacker.start()
    assert (await attacker.get(back))[1] == "/console#problem=failed", "its state was replaced"


async def test_a_code_is_used_once(with_provider: StartWith) -> None:
    hub = await with_provider()
    await hub.account()
    browser = Browser(hub)
    back = (await browser.come_back(await browser.start(), "m-1")).replace(hub.settings.url, hub.url)
    kept = browser.cookies["handraise_oidc"]
    assert (await browser.get(back))[1] == "/console"
    again = Browser(hub)
    again.cookies["handraise_oidc"] = kept
    assert (await again.get(back))[1] == "/console#problem=failed"


@pytest.mark.parametrize("query", ["", "code=x", "state=x&code=x", "state=%C3%A9", "error=access_denied&state=x"])
async def test_broken_answers_lead_back_to_the_sign_in(with_provider: StartWith, query: str) -> None:
    hub = await with_provider()
    browser = Browser(hub)
    await browser.start()
    assert await browser.get(f"/console/api/oidc/callback?{query}") == (302, "/console#problem=failed")


async def test_without_a_provider_there_is_no_such_way(hub: RunningHub) -> None:
    assert (await hub.get("/console/api/oidc/start")).status == 404
    assert (await (await hub.get("/console/api/ways")).json()) == {"oidc": None}


async def test_a_provider_that_is_away_is_said_to_be_so(new_hub: StartHub) -> None:
    hub = await new_hub(oidc_issuer=f"http://127.0.0.1:{free_port()}", oidc_client_id="x", oidc_name="Example")
    assert (await (await hub.get("/console/api/ways")).json()) == {"oidc": "Example"}
    assert await Browser(hub).get("/console/api/oidc/start") == (302, "/console#problem=failed")


# A provider that lies: one token for each way in which a token can be wrong.

KEY = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"})


class Liar:
    """Speaks the protocol, checks the challenge, and gives whatever token a test wants."""

    def __init__(self) -> None:
        self.make: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "k1"}, claims, KEY)
        self.nonce = ""
        self.challenge = ""
        self.userinfo: dict[str, Any] = {}
        self.issuer = self.claimed = ""

    async def metadata(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.claimed,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
            }
        )

    async def jwks(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [KEY.as_dict(private=False)]})

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if create_s256_code_challenge(str(form["code_verifier"])) != self.challenge or form["code"] != "c":
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "handraise", "sub": "m-1", "iat": now, "exp": now + 60, "nonce": self.nonce}
        claims |= {"email": "mara@example.com", "email_verified": True}
        return web.json_response({"access_token": "a", "token_type": "Bearer", "id_token": self.make(claims)})

    async def person(self, request: web.Request) -> web.Response:
        return web.json_response(self.userinfo)


@pytest.fixture
async def liar() -> AsyncIterator[Liar]:
    made, app = Liar(), web.Application()
    app.router.add_get("/.well-known/openid-configuration", made.metadata)
    app.router.add_get("/jwks", made.jwks)
    app.router.add_post("/token", made.token)
    app.router.add_get("/userinfo", made.person)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    made.issuer = made.claimed = f"http://127.0.0.1:{port}"
    yield made
    await runner.cleanup()


async def lands(new_hub: StartHub, liar: Liar, more: str = "") -> str:
    """Where somebody lands to whom the liar gives its token."""
    hub = await new_hub(oidc_issuer=liar.issuer, oidc_client_id="handraise", oidc_client_secret="s")
    await hub.account()
    return await lies(Browser(hub), liar, more)


async def lies(browser: Browser, liar: Liar, more: str = "") -> str:
    """The same for this browser."""
    address = await browser.start()
    if not address.startswith(liar.issuer):
        return address
    asked = parse_qs(urlsplit(address).query)
    liar.nonce, liar.challenge = asked["nonce"][0], liar.challenge or asked["code_challenge"][0]
    return (await browser.get(f"/console/api/oidc/callback?state={asked['state'][0]}&code=c{more}"))[1]


def signed(key: Any = KEY, alg: str = "RS256", **changes: Any) -> Callable[[dict[str, Any]], str]:
    def make(claims: dict[str, Any]) -> str:
        changed = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode({"alg": alg, "kid": "k1"}, changed, key, algorithms=[alg])

    return make


NAMES = [
    "nonce",
    "nothing",
    "issuer",
    "audience",
    "audiences",
    "party",
    "old",
    "endless",
    "nobody",
    "key",
    "hmac",
    "unproven",
    "none",
    "empty",
    "words",
]


async def test_a_good_token_of_the_same_provider_lets_in(new_hub: StartHub, liar: Liar) -> None:
    assert await lands(new_hub, liar) == "/console"


@pytest.mark.parametrize(
    "make",
    [
        signed(nonce="another"),
        signed(nonce=None),
        signed(iss="https://evil.test"),
        signed(aud="another"),
        signed(aud=["another"]),
        signed(azp="another"),
        signed(exp=1),
        signed(exp=None),
        signed(sub=None),
        signed(key=OTHER),
        signed(key=OctKey.import_key("s" * 32), alg="HS256"),
        signed(email_verified="false"),
        lambda claims: "eyJhbGciOiJub25lIn0." + signed()(claims).split(".")[1] + ".",
        lambda claims: "",
        lambda claims: "x.y.z",
    ],
    ids=NAMES,
)
async def test_a_token_that_is_not_good_lets_nobody_in(new_hub: StartHub, liar: Liar, make: Callable[[dict[str, Any]], str]) -> None:
    liar.make = make
    assert (await lands(new_hub, liar)).startswith("/console#problem=")


async def test_the_code_is_worth_nothing_without_the_verifier(new_hub: StartHub, liar: Liar) -> None:
    liar.challenge = create_s256_code_challenge("of another browser")
    assert await lands(new_hub, liar) == "/console#problem=failed"


async def test_metadata_of_another_issuer_is_not_believed(new_hub: StartHub, liar: Liar) -> None:
    liar.claimed = "https://evil.test"
    assert await lands(new_hub, liar) == "/console#problem=failed"


async def test_an_answer_in_the_name_of_another_issuer_is_refused(new_hub: StartHub, liar: Liar) -> None:
    assert await lands(new_hub, liar, "&iss=https%3A%2F%2Fevil.test") == "/console#problem=failed"


@pytest.mark.parametrize(("subject", "where"), [("m-1", "/console"), ("m-2", "/console#problem=failed")])
async def test_an_address_from_the_userinfo_counts_for_the_same_subject_only(
    new_hub: StartHub, liar: Liar, subject: str, where: str
) -> None:
    liar.make = signed(email=None, email_verified=None)
    liar.userinfo = {"sub": subject, "email": "mara@example.com", "email_verified": True}
    assert await lands(new_hub, liar) == where


@pytest.mark.parametrize(
    ("claims", "userinfo"),
    [
        ({}, {"amr": ["mfa"], "acr": "two"}),
        ({"amr": "mfa"}, {}),
        ({"amr": {"mfa": True}}, {}),
        ({"amr": [["mfa"], None, 2]}, {}),
        ({"acr": ["two"]}, {}),
        ({"acr": ""}, {}),
    ],
    ids=["userinfo", "word", "object", "nested", "list", "empty"],
)
async def test_only_the_token_of_this_sign_in_speaks_of_a_second_factor(
    new_hub: StartHub, liar: Liar, claims: dict[str, Any], userinfo: dict[str, Any]
) -> None:
    liar.make = signed(email=None, email_verified=None, **claims)
    liar.userinfo = {"sub": "m-1", "email": "mara@example.com", "email_verified": True, **userinfo}
    hub = await new_hub(oidc_issuer=liar.issuer, oidc_client_id="handraise", second_factor="agent", oidc_acr="two")
    await hub.account()
    browser = Browser(hub)
    assert await lies(browser, liar) == "/console"
    assert (await browser.me())["must_set_up"] is True
