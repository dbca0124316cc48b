"""The namespace of our widget: docs/protocol.md section 3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import update

from leads.models import Conversation
from webhook import schemas
from webhook.chat_consent import ChatConsent
from webhook.contact import ContactForm
from webhook.conversations import Conversations, View
from webhook.emitter import VISITOR, Emitter
from webhook.erasing import Erasing, erased_json
from webhook.errors import NAMELESS, Forbidden, NotFound, NotJoined
from webhook.gate import Gate, address_of, may_follow, origin_of
from webhook.handoff import Handoffs
from webhook.identity import Identities, verify
from webhook.log import Log
from webhook.messages import Messages
from webhook.relay import Relay
from webhook.returns import Returns
from webhook.sites import Sites
from webhook.tab import Tab
from webhook.visitor_tokens import VisitorTokens, hashed, new_token
from webhook.visits import Limits, Visits
from webhook.wire import Json, stored_json
from webhook.withdrawing import Withdrawing


class VisitorNamespace(Gate):
    """Tabs of visitors."""

    def __init__(
        self,
        log: Log,
        sites: Sites,
        conversations: Conversations,
        tokens: VisitorTokens,
        identities: Identities,
        messages: Messages,
        contact: ContactForm,
        handoffs: Handoffs,
        visits: Visits,
        limits: Limits,
        emitter: Emitter,
        relay: Relay,
        returns: Returns,
        erasing: Erasing,
        withdrawing: Withdrawing,
        chat_consent: ChatConsent,
    ) -> None:
        super().__init__(VISITOR)
        self._log = log
        self._sites = sites
        self._conversations = conversations
        self._tokens = tokens
        self._identities = identities
        self._messages = messages
        self._contact = contact
        self._handoffs = handoffs
        self._visits = visits
        self._limits = limits
        self._emitter = emitter
        self._relay = relay
        self._returns = returns
        self._erasing = erasing
        self._withdrawing = withdrawing
        self._chat_consent = chat_consent
        self._tabs: dict[str, Tab] = {}
        self.events = {
            "join": (schemas.VisitorJoin, self.do_join),
            "renew": (schemas.Renew, self.do_renew),
            "identify": (schemas.Identify, self.do_identify),
            "reset": (schemas.Reset, self.do_reset),
            "message": (schemas.Message, self.do_message),
            "choose": (schemas.Choose, self.do_choose),
            "contact": (schemas.Contact, self.do_contact),
            "typing": (schemas.Typing, self.do_typing),
            "page": (schemas.PageView, self.do_page),
            "seen": (schemas.Seen, self.do_seen),
            "sync": (schemas.Sync, self.do_sync),
            "rate": (schemas.Rate, self.do_rate),
            "restart": (schemas.Nothing, self.do_restart),
            "forget": (schemas.Nothing, self.do_forget),
            "withdraw": (schemas.Withdraw, self.do_withdraw),
            "agree": (schemas.Agree, self.do_agree),
        }

    async def check_connect(self, sid: str, environ: dict[str, Any], auth: Any) -> bool:
        """WebSocket, version and site as they must be; a browser comes from the hub itself, as the frame does, or a page of the site."""
        if not self.server.uses_websocket(sid, self.namespace):
            return False
        try:
            known = schemas.VisitorAuth.model_validate(auth)
        except ValidationError:
            return False
        site, origin = self._sites.find(known.site), origin_of(environ)
        if site is None or (origin is not None and origin not in site.origins):
            return False
        self._tabs[sid] = Tab(known.site, address_of(environ), origin is not None, may_follow(environ))
        return True

    async def do_disconnect(self, sid: str) -> None:
        """Forget the tab."""
        self._tabs.pop(sid, None)
        self._visits.left(sid)

    def tokens(self) -> Mapping[str, str]:
        """The hashes of the tokens with which tabs are there."""
        return {sid: tab.token_hash for sid, tab in self._tabs.items() if tab.token_hash is not None}

    async def do_join(self, sid: str, event: schemas.VisitorJoin) -> Json:
        """Resume by token, or begin."""
        tab = self._tab(sid)
        tab.lang = event.lang
        known = await self._tokens.find(event.token, tab.site) if event.token else None
        if known is None or event.token is None:
            self._limits.new_chat(tab.address, tab.site)
            if not tab.is_browser:
                raise Forbidden(NAMELESS)
            gone = await self._erasing.erased_with(hashed(event.token, "handraise")) if event.token else None
            begun = await self._begin(sid, tab, event.page)
            return {**begun, "erased": erased_json(gone)} if gone else begun
        await self._enter(sid, tab, known)
        return await self._resume(tab, event.token, known, event.last_seq, event.page)

    async def do_renew(self, sid: str, event: schemas.Renew) -> Json:
        """Another token in place of the one the browser keeps, now and then; null while that is young."""
        conversation_id = self._joined_id(sid)
        self._limits.signal(conversation_id)
        renewed = await self._tokens.renew(conversation_id, event.token)
        tab = self._tab(sid)
        if renewed.known and tab.conversation_id == conversation_id:
            tab.token_hash = hashed(event.token, "handraise")
        return {"ok": True, "token": renewed.token}

    async def do_identify(self, sid: str, event: schemas.Identify) -> Json:
        """Who the visitor is, signed by the site's server; ``joined`` is as after a join when the chat is another one from now on."""
        conversation_id, tab = await self._agreed_id(sid, self._limits.message), self._tab(sid)
        site = self._sites.find(tab.site)
        if site is None:
            raise NotFound("There is no such site.")
        claims = verify(event.token, site)
        home = await self._identities.attach(conversation_id, site.key, claims)
        if home.conversation_id == conversation_id:
            self._emitter.on_news(conversation_id)
            return {"ok": True, "joined": None}
        page = self._page_of(conversation_id)
        if home.token is None:
            self._limits.new_chat(tab.address, tab.site)
            joined = await self._begin(sid, tab, page)
            await self._identities.keep(joined["state"]["conversation_id"], site.key, claims)
            return {"ok": True, "joined": joined}
        await self._enter(sid, tab, home.conversation_id)
        return {"ok": True, "joined": await self._resume(tab, home.token, home.conversation_id, 0, page)}

    async def do_reset(self, sid: str, event: schemas.Reset) -> Json:
        """The visitor has signed out on the page: this browser forgets the chat, which stays as it is, and begins another."""
        conversation_id, tab = self._joined_id(sid), self._tab(sid)
        self._limits.message(conversation_id)
        self._limits.new_chat(tab.address, tab.site)
        page = self._page_of(conversation_id)
        with tab.changing_token():
            await self._tokens.forget(conversation_id, event.token)
            return await self._begin(sid, tab, page)

    async def do_message(self, sid: str, event: schemas.Message) -> Json:
        """A typed line; slashes are text."""
        conversation_id = await self._agreed_id(sid, self._limits.message)
        return stored_json(await self._messages.say(conversation_id, event.client_msg_id, event.text))

    async def do_choose(self, sid: str, event: schemas.Choose) -> Json:
        """A button."""
        conversation_id = await self._agreed_id(sid, self._limits.message)
        return stored_json(await self._messages.choose(conversation_id, event.client_msg_id, event.choice_id))

    async def do_contact(self, sid: str, event: schemas.Contact) -> Json:
        """The contact form."""
        conversation_id = await self._agreed_id(sid, self._limits.message)
        page = self._visits.trails.current(conversation_id)
        return stored_json(await self._contact.send(conversation_id, event, self._tab(sid).lang, page["url"] if page else None))

    async def do_typing(self, sid: str, event: schemas.Typing) -> Json:
        """Shown to agents only, stored nowhere."""
        conversation_id = await self._agreed_id(sid, self._limits.signal)
        await self._emitter.typing(conversation_id, "visitor", None, event.on)
        return {"ok": True}

    async def do_page(self, sid: str, event: schemas.PageView) -> Json:
        """The visitor looks at another page."""
        conversation_id = await self._agreed_id(sid, self._limits.signal)
        if self._tab(sid).may_follow:
            self._visits.page(conversation_id, event.url, event.title)
        return {"ok": True}

    async def do_seen(self, sid: str, event: schemas.Seen) -> Json:
        """How far the visitor has read."""
        conversation_id = await self._agreed_id(sid, self._limits.signal)
        farther = (Conversation.id == conversation_id, Conversation.seen_seq < event.seq, Conversation.last_seq >= event.seq)
        async with self._log.database.write() as session:
            await session.execute(update(Conversation).where(*farther).values(seen_seq=event.seq))
        return {"ok": True}

    async def do_sync(self, sid: str, event: schemas.Sync) -> Json:
        """What was missed."""
        conversation_id = self._joined_id(sid)
        self._limits.signal(conversation_id)
        view = await self._conversations.view(conversation_id, event.last_seq)
        if view is None:
            raise NotFound("There is no such conversation.")
        return {"ok": True, "state": view.state, "entries": view.entries}

    async def do_rate(self, sid: str, event: schemas.Rate) -> Json:
        """1 to 5 after a close."""
        conversation_id = await self._agreed_id(sid, self._limits.message)
        return stored_json(await self._messages.rate(conversation_id, event.client_msg_id, event.score))

    async def do_restart(self, sid: str, event: schemas.Nothing) -> Json:
        """Close this conversation and begin another."""
        conversation_id = self._joined_id(sid)
        tab = self._tab(sid)
        self._limits.message(conversation_id)
        self._limits.new_chat(tab.address, tab.site)
        page = self._page_of(conversation_id)
        await self._handoffs.leave(conversation_id)
        joined = await self._begin(sid, tab, page, earlier=conversation_id)
        begun = joined["state"]["conversation_id"]
        await self._identities.carry(conversation_id, begun)
        await self._chat_consent.carry(conversation_id, begun)
        return {**joined, "agreed": await self._chat_consent.is_given(begun, tab.site)}

    async def _resume(self, tab: Tab, token: str, conversation_id: str, last_seq: int, page: schemas.Page | None) -> Json:
        """What a tab that has entered is told."""
        view = await self._conversations.view(conversation_id, last_seq)
        if view is None:
            raise NotFound("There is no such conversation.")
        self._relay.given(conversation_id, view.state)
        agreed = await self._chat_consent.is_given(conversation_id, tab.site)
        if agreed:
            self._on_page(tab, conversation_id, page, view.started)
        if agreed and view.started:
            await self._returns.joined(conversation_id, view.last_at)
        return self._joined(tab, token, view, agreed)

    def _page_of(self, conversation_id: str) -> schemas.Page | None:
        page = self._visits.trails.current(conversation_id)
        return schemas.Page(**page) if page else None

    async def do_withdraw(self, sid: str, event: schemas.Withdraw) -> Json:
        """Take a consent back; what it was given for is deleted."""
        conversation_id = self._joined_id(sid)
        self._limits.message(conversation_id)
        page = self._visits.trails.current(conversation_id)
        withdrawn = await self._withdrawing.withdraw(conversation_id, event.purpose, self._tab(sid).lang, page["url"] if page else None)
        return {"ok": True, **withdrawn}

    async def do_agree(self, sid: str, event: schemas.Agree) -> Json:
        """Yes to the chat; only from now on a page is noted."""
        conversation_id, tab = self._joined_id(sid), self._tab(sid)
        self._limits.message(conversation_id)
        url = event.page.url if event.page and tab.may_follow else None
        await self._chat_consent.agree(conversation_id, tab.site, event.text, tab.lang, url)
        self._on_page(tab, conversation_id, event.page, started=False)
        return {"ok": True}

    async def do_forget(self, sid: str, event: schemas.Nothing) -> Json:
        """Erase this conversation and those before it, and begin another that knows nothing of them."""
        conversation_id = self._joined_id(sid)
        tab = self._tab(sid)
        self._limits.message(conversation_id)
        self._limits.new_chat(tab.address, tab.site)
        with tab.changing_token():
            erased = await self._erasing.forget_me(conversation_id)
            return {**await self._begin(sid, tab, None), "erased": erased_json(erased)}

    async def _begin(self, sid: str, tab: Tab, page: schemas.Page | None, earlier: str | None = None) -> Json:
        token, greeting = new_token(), self._visits.greeting(tab.site, page.url if page else None)
        view = await self._conversations.begin(token, greeting, site=tab.site, lang=tab.lang, earlier=earlier)
        await self._enter(sid, tab, view.conversation_id)
        self._relay.given(view.conversation_id, view.state)
        agreed = self._chat_consent.asked(tab.site) is None
        if agreed:
            self._on_page(tab, view.conversation_id, page, started=False)
        return self._joined(tab, token, view, agreed)

    async def _enter(self, sid: str, tab: Tab, conversation_id: str) -> None:
        """Into the room before the log is read, so that nothing falls between."""
        if tab.conversation_id not in (None, conversation_id):
            await self.leave_room(sid, tab.conversation_id)
        tab.conversation_id = conversation_id
        await self.enter(sid, conversation_id)
        self._relay.enter(conversation_id)
        self._visits.came(conversation_id, sid)
        self.server.prove(sid, self.namespace)

    def _on_page(self, tab: Tab, conversation_id: str, page: schemas.Page | None, started: bool) -> None:
        if page is None or not tab.may_follow:
            return
        try:
            self._visits.page(conversation_id, schemas.page_address(page.url), page.title, started=started)
        except ValueError:
            return  # a page without a web address is none; the chat opens anyway

    def _joined(self, tab: Tab, token: str, view: View, agreed: bool) -> Json:
        tab.token_hash = hashed(token, "handraise")
        return {
            "ok": True,
            "token": token,
            "agreed": agreed,
            "state": view.state,
            "entries": view.entries,
            "unsent_ok": True,
            "site": self._visits.site(tab.site, tab.lang),
        }

    def find(self, sid: str) -> Tab | None:
        """A connected tab."""
        return self._tabs.get(sid)

    def _tab(self, sid: str) -> Tab:
        tab = self._tabs.get(sid)
        if tab is None:
            raise NotJoined("Connect again.")
        return tab

    async def _agreed_id(self, sid: str, limit: Callable[[str], None]) -> str:
        """The conversation of a visitor who may chat, within the limit: who floods is not looked up."""
        conversation_id = self._joined_id(sid)
        limit(conversation_id)
        await self._chat_consent.check(conversation_id, self._tab(sid).site)
        return conversation_id

    def _joined_id(self, sid: str) -> str:
        conversation_id = self._tab(sid).conversation_id
        if conversation_id is None:
            raise NotJoined("Join first.")
        return conversation_id
