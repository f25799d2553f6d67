"""A minimal app around the webhooks."""

from flask import Flask

from gateway.runtime import Runtime
from gateway.web import webhooks


def create_app(runtime: Runtime) -> Flask:
    app = Flask(__name__)
    app.extensions["runtime"] = runtime
    app.register_blueprint(webhooks.blueprint)
    return app
