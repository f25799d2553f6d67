"""The web application: blueprints, CSRF, security headers, error pages."""

import hashlib
import logging
import traceback
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from gateway.casework.casework import ARCHIVE_REASONS
from gateway.casework.pdwork import QUESTIONS
from gateway.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.rules.people import PD_ROLES, ROLE_WORDS
from gateway.rules.shortcuts import SHORTCUTS
from gateway.runtime import Runtime
from gateway.settings import settings_version
from gateway.web import (
    account,
    activation,
    answer_templates,
    audit_cli,
    auth,
    blocks,
    bundles,
    cases_list,
    channel_cli,
    channels,
    cli,
    correction,
    decisions,
    directives,
    field,
    files,
    health,
    inbox_bulk,
    inbox_conversations,
    inbox_steps,
    inbox_templates,
    live,
    macros,
    monitor,
    normalizer_cli,
    oidc,
    own_password,
    pd,
    personal_answers,
    public,
    public_photos,
    recording,
    settings,
    settings_more,
    staff_contact,
    teamwork,
    tenant_cli,
    triage,
    unmaskings,
    webhooks,
    wording,
)
from gateway.web.access import is_logged_in
from gateway.web.toasts import send_and_next

logger = logging.getLogger(__name__)

_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'{stream}; media-src 'self'; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_TAKE_FILES = frozenset({"recording.act", "pd.draft"})
_LARGEST_FORM_BYTES = 3 * 1024 * 1024  # Meta's largest batch; forms are far smaller


def create_app(runtime: Runtime) -> Flask:
    """Return the application around `runtime`."""
    app = Flask("gateway", root_path=str(Path(__file__).parent))
    app.url_map.strict_slashes = False  # a webhook set up with a slash at its end loses nothing
    app.config.update(
        # Derived, so that all processes of a deployment agree and it rotates with no other key.
        SECRET_KEY=runtime.keys.lookup("cookies", "sign"),
        SESSION_COOKIE_NAME="sahut_formulir",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=runtime.profile.public_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=runtime.timers.session_max_s,
        MAX_CONTENT_LENGTH=_LARGEST_FORM_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.extensions["runtime"] = runtime
    app.before_request(_look_at_settings)
    app.before_request(_allow_uploads)  # before CSRF, which reads the form
    csrf = CSRFProtect(app)
    csrf.exempt(webhooks.blueprint)
    for module in (
        bundles,
        webhooks,
        public,
        auth,
        account,
        own_password,
        oidc,
        staff_contact,
        inbox_steps,
        inbox_conversations,
        inbox_bulk,
        triage,
        decisions,
        inbox_templates,
        correction,
        answer_templates,
        macros,
        pd,
        field,
        cases_list,
        public_photos,
        monitor,
        directives,
        unmaskings,
        blocks,
        live,
        teamwork,
        files,
        health,
        channels,
        recording,
        personal_answers,
        settings,
        settings_more,
        activation,
        audit_cli,
        channel_cli,
        normalizer_cli,
        tenant_cli,
        cli,
    ):
        app.register_blueprint(module.blueprint)
    app.after_request(_secure_headers)
    app.after_request(send_and_next)
    app.context_processor(_page_context)
    wording.register(app)
    _register_errors(app)
    return app


def _look_at_settings() -> None:
    """Show the public the settings of now; pages of the staff learn it from their login."""
    view = current_app.view_functions.get(request.endpoint or "")
    needs = request.blueprint not in {"health", "bundles"}
    if needs and getattr(view, "access_rule", "") == "public":
        held: Runtime = current_app.extensions["runtime"]
        current_app.extensions["runtime"] = settings_version.look(held)


def _allow_uploads() -> None:
    """Take more than a form's few kilobytes where somebody from the office sends files."""
    if request.endpoint in _TAKE_FILES and is_logged_in():
        request.max_content_length = recording.LARGEST_FORM_BYTES


def _secure_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _policy(_runtime().stream_url or ""))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


@cache
def _policy(stream_url: str) -> str:
    """Return the policy; a stream on a port of its own is the only other place to ask."""
    parts = urlsplit(stream_url)
    return _POLICY.format(stream=f" {parts.scheme}://{parts.netloc}" if parts.netloc else "")


def _page_context() -> dict[str, Any]:
    """What every template may use. Names of places come from here and nowhere else."""
    runtime: Runtime = _runtime()
    return {
        "profile": runtime.profile,
        "tenant": runtime.tenant,
        "me": g.get("staff"),
        "role_words": ROLE_WORDS,
        "now": runtime.now(),
        "asset": _asset,
        "bundle": bundles.address,
        "stream_url": runtime.stream_url,
        "archive_reasons": ARCHIVE_REASONS,
        "questions": QUESTIONS,
        "shortcuts": SHORTCUTS,
    }


def _runtime() -> Runtime:
    runtime: Runtime = current_app.extensions["runtime"]
    return runtime


def _asset(name: str) -> str:
    """Return the address of a static file with the mark of its content."""
    return url_for("static", filename=name, v=_mark(name))


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


def _register_errors(app: Flask) -> None:
    app.register_error_handler(NotFoundError, _not_found)
    app.register_error_handler(404, _not_found)
    app.register_error_handler(ForbiddenError, _forbidden)
    app.register_error_handler(403, _forbidden)
    for conflict in (ConflictError, MoveNotAllowedError, InvalidInputError):
        app.register_error_handler(conflict, _conflict)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(413, _too_large)
    app.register_error_handler(HTTPException, _other)
    app.register_error_handler(Exception, _crash)


def _not_found(_error: Exception) -> tuple[str, int]:
    """A PD gets the same page for a number that is not its own and one that does not exist."""
    person = g.get("staff")
    if person is not None and person.role in PD_ROLES:
        return _page("Tidak dapat dibuka", "Aduan ini bukan disposisi Perangkat Daerah Anda.", 403)
    words = "Aduan atau halaman tidak ditemukan, atau tidak ditampilkan untuk Anda."
    return _page("Tidak ditemukan", words, 404)


def _forbidden(_error: Exception) -> tuple[str, int]:
    return _page("Tidak dapat dibuka", "Halaman ini bukan untuk peran Anda.", 403)


def _conflict(_error: Exception) -> tuple[str, int]:
    words = "Data ini baru saja berubah atau isiannya tidak lengkap. Muat ulang lalu coba lagi."
    return _page("Sudah berubah", words, 409)


def _stale_form(_error: Exception) -> tuple[str, int]:
    words = "Formulir ini sudah kedaluwarsa. Kembali, muat ulang halaman, lalu kirim lagi."
    return _page("Formulir kedaluwarsa", words, 400)


def _too_large(_error: Exception) -> tuple[str, int]:
    words = "Berkas yang dikirim terlalu besar. Kembali, lalu kirim lebih sedikit sekaligus."
    return _page("Terlalu besar", words, 413)


def _other(error: HTTPException) -> tuple[str, int]:
    return _page("Permintaan ditolak", "Permintaan ini tidak dapat dilayani.", error.code or 400)


def _crash(error: Exception) -> tuple[str, int]:
    # Not the error's own words: those of a database quote values that name people.
    trace = traceback.format_tb(error.__traceback__)[-3:]
    facts = {"endpoint": request.endpoint, "error": type(error).__name__, "trace": trace}
    logger.error("page_failed", extra=facts)
    words = "Maaf, ada gangguan di sistem kami. Bila sedang mengirim aduan, tulisan Anda tersimpan."
    return _page("Gangguan sistem", words, 500)


def _page(title: str, words: str, status: int) -> tuple[str, int]:
    return render_template("galat/galat.html", title=title, words=words, here=""), status
