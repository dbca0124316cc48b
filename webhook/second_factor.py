"""The second factor: codes of an authenticator app (TOTP), and recovery codes for whoever has lost it."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Agent, RecoveryCode, SecondFactor
from webhook.errors import Invalid, WrongCode
from webhook.security import hashed
from webhook.tries import Tries

STEP = 30  # seconds for which an app shows a code
_DRIFT = (0, -1, 1)  # steps by which a phone's clock may be wrong
_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is easily confused
_LENGTH = 16  # 79 bits: too many to try even for somebody who has the hashes
_ISSUER = "Handraise"


@dataclass(frozen=True)
class Setup:
    """What an app needs: the secret to type, and the same as a picture (a data URL of an SVG)."""

    secret: str
    picture: str


class SecondFactors:
    """Set up, checked and switched off. A factor counts once a code of it was shown."""

    def __init__(self, database: Database, tries: Tries, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._tries = tries
        self._now = now

    async def on(self, agent_id: str) -> bool:
        """Whether the agent has a second factor."""
        async with self._database.read() as session:
            row = await session.get(SecondFactor, agent_id)
        return row is not None and row.confirmed_at is not None

    async def begin(self, agent: Agent) -> Setup:
        """A new secret, which counts from :meth:`confirm` on.

        Raises:
            Invalid: there is a factor already.
        """
        secret = pyotp.random_base32()
        async with self._database.write() as session:
            row = await session.get(SecondFactor, agent.id)
            if row is not None and row.confirmed_at is not None:
                raise Invalid("You have a second factor already. Switch it off first.")
            if row is None:
                session.add(SecondFactor(agent_id=agent.id, secret=secret, last_step=0))
            else:
                row.secret = secret
        address = pyotp.TOTP(secret).provisioning_uri(name=agent.email, issuer_name=_ISSUER)
        return Setup(secret, segno.make(address, error="m").svg_data_uri(border=2, dark="#000", light="#fff"))

    async def confirm(self, agent: Agent, code: str, address: str) -> list[str]:
        """Make the new factor count; gives the recovery codes, which are shown this once.

        Raises:
            WrongCode: not a code of the new secret.
            Locked: too many were wrong.
        """
        self._tries.code(agent.id, address)
        async with self._database.write() as session:
            row = await session.get(SecondFactor, agent.id)
            step = self._step(row.secret, code) if row is not None and row.confirmed_at is None else None
            if row is None or step is None:
                raise WrongCode("This code is wrong or has run out. Wait for the next one.")
            row.confirmed_at, row.last_step = clock.now(), step
            codes = await _new_codes(session, agent.id)
            await note(session, Who("agent", agent.id), "second_factor_on", About("agent", agent.id))
        self._tries.code_right(agent.id, address)
        return codes

    async def check(self, agent: Agent, code: str, address: str) -> None:
        """A code of the app, or a recovery code. Each counts once, also when it comes twice at the same moment at two hubs.

        Raises:
            WrongCode: neither, or used before.
            Locked: too many were wrong.
        """
        self._tries.code(agent.id, address)
        if not (await self._is_new_step(agent.id, code) or await self._is_recovery(agent.id, code)):
            raise WrongCode("This code is wrong, was used before, or has run out. Wait for the next one.")
        self._tries.code_right(agent.id, address)

    async def codes_left(self, agent_id: str) -> int:
        """How many recovery codes have not been used."""
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).where(RecoveryCode.agent_id == agent_id)) or 0

    async def new_codes(self, agent: Agent) -> list[str]:
        """New recovery codes in place of the old ones."""
        async with self._database.write() as session:
            codes = await _new_codes(session, agent.id)
            await note(session, Who("agent", agent.id), "recovery_codes_made", About("agent", agent.id))
            return codes

    async def _is_new_step(self, agent_id: str, code: str) -> bool:
        async with self._database.read() as session:
            row = await session.get(SecondFactor, agent_id)
        step = self._step(row.secret, code) if row is not None and row.confirmed_at is not None else None
        if step is None:
            return False
        newer = update(SecondFactor).where(SecondFactor.agent_id == agent_id, SecondFactor.last_step < step).values(last_step=step)
        async with self._database.write() as session:
            return await session.scalar(newer.returning(SecondFactor.agent_id)) is not None

    async def _is_recovery(self, agent_id: str, code: str) -> bool:
        plain = re.sub(r"[\s-]", "", code).lower()
        if len(plain) != _LENGTH:
            return False
        row = delete(RecoveryCode).where(RecoveryCode.agent_id == agent_id, RecoveryCode.code_hash == hashed(plain))
        async with self._database.write() as session:
            used = await session.scalar(row.returning(RecoveryCode.code_hash)) is not None
            if used:
                await note(session, Who("agent", agent_id), "recovery_code_used", About("agent", agent_id))
            return used

    def _step(self, secret: str, code: str) -> int | None:
        """The half minute whose code this is."""
        shown, now, totp = re.sub(r"\s", "", code).encode(errors="replace"), int(self._now()) // STEP, pyotp.TOTP(secret)
        fitting = [now + drift for drift in _DRIFT if hmac.compare_digest(totp.at((now + drift) * STEP).encode(), shown)]
        return fitting[0] if fitting else None


async def switch_off(session: AsyncSession, agent_id: str, who: Who) -> None:
    """Take an agent's second factor and recovery codes away, within a transaction."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent_id))
    await session.execute(delete(SecondFactor).where(SecondFactor.agent_id == agent_id))
    await note(session, who, "second_factor_off", About("agent", agent_id))


async def _new_codes(session: AsyncSession, agent_id: str) -> list[str]:
    codes = ["".join(_ALPHABET[byte % len(_ALPHABET)] for byte in _fair_bytes()) for _ in range(_CODES)]
    await session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent_id))
    session.add_all(RecoveryCode(code_hash=hashed(code), agent_id=agent_id) for code in codes)
    await session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)) for code in codes]


def _fair_bytes() -> list[int]:
    """Bytes for which no letter of the alphabet is likelier than another."""
    most = 256 - 256 % len(_ALPHABET)
    found: list[int] = []
    while len(found) < _LENGTH:
        found += [byte for byte in token_bytes(_LENGTH) if byte < most]
    return found[:_LENGTH]
