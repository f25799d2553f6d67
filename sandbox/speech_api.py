"""A stand-in for the speech service on the premises: it hears the same words in every recording.

It cannot hear; what it answers is set with `POST /api/speech`, so that a story can be told by a
voice note without a model of half a gigabyte.

Source: POST /v1/audio/transcriptions of OpenAI's API reference.
"""

from flask import Blueprint, Response, jsonify, request

from sandbox.draft import RefusedError
from sandbox.world import World

Answer = Response | tuple[Response, int]


def speech_blueprint(world: World) -> Blueprint:
    """Build what the gateway calls with a recording."""
    blueprint = Blueprint("speech", __name__)

    @blueprint.post("/v1/audio/transcriptions")
    def transcribe() -> Answer:
        recording = request.files.get("file")
        if recording is None or not recording.read(1):
            message = "Missing required parameter: 'file'."
            return jsonify({"error": {"message": message, "type": "invalid_request_error"}}), 400
        return jsonify({"text": world.spoken})

    return blueprint


def add_speech_routes(control: Blueprint, world: World) -> None:
    """Let tests and the phone page say what recordings are heard to say."""

    @control.get("/speech")
    def spoken() -> Answer:
        return jsonify({"text": world.spoken})

    @control.post("/speech")
    def speak() -> Answer:
        wish = request.get_json(silent=True)
        text = wish.get("text") if isinstance(wish, dict) else None
        if not isinstance(text, str):
            raise RefusedError("Tulis kata-kata rekaman itu.")
        world.spoken = text
        return jsonify({"text": world.spoken})
