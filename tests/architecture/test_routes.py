"""Every route says who may call it: `@public`, `@webhook` or `@staff` of gateway/web/access.py."""

import re
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask

from config.tenant_files import read_tenant_file
from gateway.app import create_app
from gateway.boot import make_profile
from gateway.rules.permissions import Permission
from gateway.runtime import Runtime, Timers
from store.crypto import KeyRing

RULES = re.compile(r"^(public|webhook|staff:[a-z_,]+)$")
# Flask's own view for files in gateway/static: nothing there is about anybody.
FILES = "static"


@pytest.fixture(scope="module")
def app() -> Flask:
    """The app with its routes; no request is made, so it needs little to run on."""
    little = SimpleNamespace(
        keys=KeyRing(1, {1: b"k" * 32}, b"l" * 32),
        profile=make_profile(read_tenant_file("bintan"), "https://aduan.example"),
        timers=Timers(),
    )
    return create_app(cast(Runtime, little))


def _rule(app: Flask, endpoint: str) -> str:
    return str(getattr(app.view_functions[endpoint], "access_rule", "none"))


def test_every_route_has_an_explicit_decision(app: Flask):
    undecided = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != FILES and not RULES.match(_rule(app, rule.endpoint))
    )

    assert undecided == []


def test_every_guarded_route_names_a_permission_of_the_one_table(app: Flask):
    known = {"any", *(one.value for one in Permission)}
    others = sorted(
        f"{rule.endpoint}: {_rule(app, rule.endpoint)}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != FILES
        and _rule(app, rule.endpoint).startswith("staff:")
        and not set(_rule(app, rule.endpoint).removeprefix("staff:").split(",")) <= known
    )

    assert others == [], "name a Permission of gateway/rules/permissions.py instead of roles"


def test_only_webhooks_are_left_to_the_signature_check(app: Flask):
    for rule in app.url_map.iter_rules():
        is_webhook_path = rule.rule.startswith("/webhooks/")
        is_webhook_rule = rule.endpoint != FILES and _rule(app, rule.endpoint) == "webhook"
        assert is_webhook_path == is_webhook_rule, rule.rule


def test_pages_of_the_staff_are_not_public(app: Flask):
    inside = ("/inbox", "/pd", "/monitor", "/pengaturan")
    open_doors = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(inside) and _rule(app, rule.endpoint) == "public"
    ]

    assert open_doors == []


def test_a_route_without_a_decision_would_be_found():
    app = Flask("undecided")
    app.add_url_rule("/secret", "secret", lambda: "")

    assert not RULES.match(_rule(app, "secret"))
