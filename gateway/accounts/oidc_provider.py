"""An OpenID provider (OpenID Connect Core 1.0, code flow with PKCE), asked by way of Authlib.

The provider's addresses come from its discovery document, which comes from the issuer in the
settings; that may be a private address. Nothing the provider says is quoted in an error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.errors import OidcError
from gateway.runtime import OidcPerson, OidcTrip

_TIMEOUT_S: Final = 10.0
_LEEWAY_S: Final = 60
_DISCOVERY: Final = "/.well-known/openid-configuration"
_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# RFC 8176: what says that more than a password was asked for.
_STRONG: Final = frozenset({"mfa", "otp", "hwk", "swk", "sc"})
_FAULTS: Final = (
    requests.RequestException,
    AuthlibBaseError,
    JoseError,
    TypeError,
    ValueError,
    KeyError,
)


@dataclass(frozen=True, slots=True)
class OidcClient:
    """How the service is known to a provider.

    Attributes:
        issuer: address of the provider, as it stands in its tokens.
        client_id: our name there.
        secret: our password there.
        name: what the button calls it.
        login_claim: the claim whose value admins write down for each person; ``email`` counts
            only once the provider has verified it.
    """

    issuer: str
    client_id: str
    secret: str
    name: str
    login_claim: str = "email"


class AuthlibProvider:
    """One provider. Its discovery document and keys are read anew for each login: they may change.

    Args:
        client: how we are known there.
        now: aware; tokens that have run out do not count.
    """

    def __init__(self, client: OidcClient, now: Callable[[], datetime]) -> None:
        self.name = client.name
        self._client, self._now = client, now

    def address(self, trip: OidcTrip, back: str) -> str:
        try:
            with self._session(back) as session:
                facts = self._facts(session)
                address, _ = session.create_authorization_url(
                    facts["authorization_endpoint"],
                    state=trip.state,
                    nonce=trip.nonce,
                    code_verifier=trip.verifier,
                )
                return str(address)
        except _FAULTS as error:
            raise OidcError(type(error).__name__) from None

    def person(self, trip: OidcTrip, back: str, answer: str) -> OidcPerson:
        try:
            with self._session(back, trip.state) as session:
                facts = self._facts(session)
                token = session.fetch_token(
                    facts["token_endpoint"],
                    authorization_response=answer,
                    code_verifier=trip.verifier,
                )
                claims = self._claims(session, facts, str(token["id_token"]), trip.nonce)
                return self._person(claims | self._more(session, facts, claims["sub"]))
        except _FAULTS as error:
            raise OidcError(type(error).__name__) from None

    def _session(self, back: str, state: str | None = None) -> Any:
        scope = "openid email profile"
        session = OAuth2Session(
            self._client.client_id,
            self._client.secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 (a method, no password)
            scope=scope,
            state=state,
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT_S,
        )
        session.trust_env = False
        return session

    def _facts(self, session: Any) -> dict[str, Any]:
        ours = self._client.issuer.rstrip("/")
        facts = _json(session, ours + _DISCOVERY)
        if str(facts.get("issuer")).rstrip("/") != ours:
            raise ValueError("another issuer")
        if not all(isinstance(facts.get(name), str) for name in _NEEDED):
            raise ValueError("incomplete")
        return facts

    def _claims(
        self, session: Any, facts: dict[str, Any], id_token: str, nonce: str
    ) -> dict[str, Any]:
        keys: Any = _json(session, facts["jwks_uri"])
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS))
        rules = jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": facts["issuer"]},
            aud={"essential": True, "value": self._client.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        rules.validate(token.claims)
        if token.claims.get("azp", self._client.client_id) != self._client.client_id:
            raise ValueError("made for another client")
        return dict(token.claims)

    def _more(self, session: Any, facts: dict[str, Any], subject: str) -> dict[str, Any]:
        """Return what the provider tells only at its userinfo address, if it has one."""
        address = facts.get("userinfo_endpoint")
        if not isinstance(address, str):
            return {}
        found = _json(session, address, withhold_token=False)
        if found.get("sub") != subject:
            raise ValueError("about somebody else")
        names = ("email", "email_verified", self._client.login_claim)
        return {name: found[name] for name in names if name in found}

    def _person(self, claims: dict[str, Any]) -> OidcPerson:
        claim = self._client.login_claim
        trusted = claim != "email" or claims.get("email_verified") is True
        login = claims.get(claim)
        methods = claims.get("amr")
        return OidcPerson(
            subject=str(claims["sub"]),
            login=login.strip().lower() if trusted and isinstance(login, str) else "",
            strong=isinstance(methods, list) and not _STRONG.isdisjoint(map(str, methods)),
        )


def _json(session: Any, address: str, *, withhold_token: bool = True) -> dict[str, Any]:
    answer = session.get(address, withhold_token=withhold_token, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found
