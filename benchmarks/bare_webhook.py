"""The least that a durable webhook can be: check the signature, commit one row, answer.

Served like the real app, on the same database; `benchmarks/intake.py` compares the two.
"""

import os
import threading

import psycopg
from flask import Flask, Response, request

from channels.errors import SignatureError
from channels.twilio_signature import check_signature

TOKEN = os.environ["SAHUT_TWILIO_AUTH_TOKENS"]
BASE_URL = os.environ["SAHUT_PUBLIC_BASE_URL"]
_local = threading.local()

app = Flask(__name__)


def _connection() -> psycopg.Connection[tuple[object, ...]]:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"])
    connection: psycopg.Connection[tuple[object, ...]] = _local.connection
    return connection


@app.post("/webhooks/twilio/messaging")
def receive() -> Response:
    """Verify and commit."""
    body = request.get_data(cache=True)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        check_signature(BASE_URL + request.path, headers, body, (TOKEN,))
    except SignatureError:
        return Response(status=403)
    connection = _connection()
    connection.execute("INSERT INTO bare_webhook (body) VALUES (%s)", (body,))
    connection.commit()
    return Response("<Response/>", content_type="text/xml")
