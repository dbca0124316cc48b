"""Signing in with another provider (OpenID Connect): the authorization code flow with PKCE, state and nonce, nothing else."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from webhook.errors import HubError

_SCOPE = "openid email profile"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")  # none that a shared secret could sign
_SECONDS = 10.0
_KEPT_SECONDS = 3600.0  # how long the provider's addresses and keys are believed
_LEEWAY = 60  # seconds by which its clock may differ
_SECOND = frozenset({"mfa", "otp", "hwk"})  # ways to sign in (RFC 8176) with more than something known


class OidcFailed(HubError):
    """Signing in there did not work; ``problem`` is a word for the page of the console."""

    code, status = "oidc_failed", 502

    def __init__(self, problem: str, message: str) -> None:
        self.problem = problem
        super().__init__(message)


@dataclass(frozen=True)
class Provider:
    """Who is asked, and as whom we ask; ``redirect_uri`` exactly as it is registered there.

    ``acr`` are its own words for a sign-in with a second factor: they are asked for, and believed.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    acr: tuple[str, ...] = ()


@dataclass(frozen=True)
class Going:
    """Somebody on their way: where to send the browser, and what it has to bring back in a cookie."""

    address: str
    cookie: str


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is; ``subject`` never changes there, an address may. ``second_factor``: it says that it asked for one."""

    subject: str
    email: str
    name: str
    second_factor: bool


class Oidc:
    """Sends people to the provider and judges what they bring back."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = float("-inf")

    async def start(self) -> Going:
        """Begin.

        Raises:
            OidcFailed: the provider cannot be reached.
        """
        metadata = await self._known()
        state, nonce, verifier = token_urlsafe(32), token_urlsafe(32), token_urlsafe(48)
        asked = {"nonce": nonce} | ({"acr_values": " ".join(self._provider.acr)} if self._provider.acr else {})
        async with self._client(metadata) as client:
            address, _state = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, code_verifier=verifier, **asked
            )
        return Going(address, ".".join((state, nonce, verifier)))

    async def finish(self, query: Mapping[str, str], cookie: str) -> Identity:
        """Who has come back with this query and the cookie of :meth:`start`.

        Raises:
            OidcFailed: the provider refused, the answer belongs to another browser, or its token is not good.
        """
        parts = cookie.split(".")
        if len(parts) != 3 or not hmac.compare_digest(parts[0].encode(), query.get("state", "").encode(errors="replace")):
            raise OidcFailed("failed", "the answer does not belong to this browser")
        if "code" not in query or query.get("iss", self._provider.issuer) != self._provider.issuer:
            raise OidcFailed("failed", "the provider gave no code")
        _state, nonce, verifier = parts
        metadata = await self._known()
        try:
            async with self._client(metadata) as client:
                token = await client.fetch_token(metadata["token_endpoint"], code=query["code"], code_verifier=verifier)
                claims = await self._claims(str(token.get("id_token", "")), nonce)
                second = self._says_second_factor(claims)  # of this sign-in only its own token speaks
                if "email" not in claims and "userinfo_endpoint" in metadata:
                    claims = self._with(claims, (await client.get(metadata["userinfo_endpoint"])).json())
        except (AuthlibBaseError, httpx.HTTPError, JoseError, ValueError) as error:
            raise OidcFailed("failed", f"the provider's answer was not good: {type(error).__name__}") from error
        return self._identity(claims, second)

    async def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        """What a token of the provider says, when it is signed by it, for us, now, and for this sign-in."""
        try:
            decoded = jwt.decode(id_token, self._keys or KeySet([]), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            await self._read()  # keys change; a token of the newest is looked at once more
            decoded = jwt.decode(id_token, self._keys or KeySet([]), algorithms=_ALGORITHMS)
        claims: dict[str, Any] = decoded.claims
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        if claims.get("azp", self._provider.client_id) != self._provider.client_id:
            raise ValueError("the token was made for another program")
        return claims

    @staticmethod
    def _with(claims: dict[str, Any], more: Any) -> dict[str, Any]:
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
            raise ValueError("the provider speaks of somebody else")
        return {**more, **claims}

    def _says_second_factor(self, claims: Mapping[str, Any]) -> bool:
        ways = claims.get("amr")
        return claims.get("acr") in self._provider.acr or (
            isinstance(ways, list) and any(way in _SECOND for way in ways if isinstance(way, str))
        )

    def _identity(self, claims: Mapping[str, Any], second: bool) -> Identity:
        email, name = claims.get("email"), claims.get("name")
        if not isinstance(email, str) or "@" not in email or claims.get("email_verified") not in (True, "true"):
            raise OidcFailed("not_verified", "the provider does not vouch for an e-mail address")
        shown = name if isinstance(name, str) and name.strip() else email.partition("@")[0]
        return Identity(f"{self._provider.issuer} {claims['sub']}"[:512], email.strip().lower(), shown.strip()[:120], second)

    async def _known(self) -> dict[str, Any]:
        if time.monotonic() - self._read_at > _KEPT_SECONDS:
            await self._read()
        return self._metadata

    async def _read(self) -> None:
        """The provider's addresses and keys, from the issuer's own host.

        Raises:
            OidcFailed: it cannot be reached, or speaks for another issuer.
        """
        where = self._provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as client:
                metadata = (await client.get(where)).raise_for_status().json()
                if metadata.get("issuer") != self._provider.issuer:
                    raise OidcFailed("failed", f"{where} speaks for another issuer: set HANDRAISE_OIDC_ISSUER exactly as it says there")
                keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
                self._keys = KeySet.import_key_set(keys)
        except (httpx.HTTPError, JoseError, ValueError, KeyError, AttributeError) as error:
            raise OidcFailed("failed", f"the provider at {where} cannot be used: {type(error).__name__}") from error
        self._metadata, self._read_at = metadata, time.monotonic()

    def _client(self, metadata: Mapping[str, Any]) -> AsyncOAuth2Client:
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return AsyncOAuth2Client(
            self._provider.client_id,
            self._provider.client_secret or None,
            token_endpoint_auth_method=method if self._provider.client_secret else "none",
            scope=_SCOPE,
            redirect_uri=self._provider.redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS,
        )
