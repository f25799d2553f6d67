"""A browser without a screen: Flask's test client that follows forms as a person would."""

import hashlib
import html
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from gateway.app import create_app
from gateway.runtime import Runtime
from store.models.staff import StaffSession
from store.staff import user_by_username

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_FIELD = re.compile(r'name="(version|draft_version|key)" value="([^"]*)"')


class _CompiledTemplates(BytecodeCache):
    """Templates compiled once for all apps of a run: each test makes its own app."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledTemplates()


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.page = ""

    def opens(self, address: str) -> Any:
        response = self.client.get(address, base_url="https://aduan.kabcontoh.go.id", buffered=True)
        self.page = html.unescape(response.get_data().decode(errors="replace"))  # or a picture
        return response

    def sends(self, address: str, *, token: bool = True, **fields: object) -> Any:
        """Post a form as the open page would: with its token and its hidden fields."""
        hidden: dict[str, object] = {}
        if token:
            found = _TOKEN.search(self.page)
            assert found, "the open page has no form"
            hidden = {"csrf_token": found[1], **dict(_FIELD.findall(self.page))}
        response = self.client.post(
            address,
            data={**hidden, **fields},
            base_url="https://aduan.kabcontoh.go.id",
            headers={"Referer": "https://aduan.kabcontoh.go.id/"},
        )
        if response.status_code not in {302, 303}:
            self.page = html.unescape(response.get_data().decode(errors="replace"))  # or paper
        return response

    def follows(self, response: Any) -> str:
        self.opens(response.headers["Location"])
        return self.page


def make_app(runtime: Runtime) -> Flask:
    app = create_app(runtime)
    app.testing = True
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def logged_in(app: Flask, username: str) -> Browser:
    """A browser whose person has logged in before; the login itself has tests of its own."""
    runtime: Runtime = app.extensions["runtime"]
    browser, token = Browser(app), secrets.token_urlsafe()
    now = runtime.now()
    with runtime.transaction() as session:
        user = user_by_username(session, username)
        assert user is not None
        login = StaffSession(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=12),
        )
        session.add(login)
    browser.client.set_cookie("sahut_sesi", token, domain="aduan.kabcontoh.go.id")
    return browser
