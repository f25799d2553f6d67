"""Files of learned models: plain arrays and JSON, never pickles, checked against the database.

A file is written beside its place and moved there whole, so that a reader sees all of it or none.
"""

import hashlib
import io
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from gateway.errors import GatewayError
from gateway.learning.learning_course import TARGETS, Learned
from gateway.learning.learning_features import VERSION
from gateway.learning.learning_model import Blend, LinearModel


class ModelFileError(GatewayError):
    """A model's file is missing, changed, or made for other features."""


def write(folder: Path, version: str, learned: Learned) -> str:
    """Write a model's file and return its SHA-256."""
    facts = {
        "features": VERSION,
        "classes": {target: learned.models[target].classes for target in TARGETS},
        "blends": {target: asdict(learned.blends[target]) for target in TARGETS},
    }
    arrays: dict[str, Any] = {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}
    for target in TARGETS:
        model = learned.models[target]
        arrays |= {
            f"{target}_weights": model.weights,
            f"{target}_seen": model.seen,
            f"{target}_bias": model.bias,
        }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    content = buffer.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    place = path_of(folder, version)
    beside = place.with_suffix(".part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
    return hashlib.sha256(content).hexdigest()


def read(folder: Path, version: str, sha256: str) -> Learned:
    """Read a model's file.

    Raises:
        ModelFileError: it is not there, is not the one the database knows, or is of other features.
    """
    try:
        content = path_of(folder, version).read_bytes()
    except OSError as error:
        raise ModelFileError("missing") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelFileError("changed")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        if facts["features"] != VERSION:
            raise ModelFileError("other features")
        models = {
            target: LinearModel(
                list(facts["classes"][target]),
                arrays[f"{target}_weights"],
                arrays[f"{target}_seen"],
                arrays[f"{target}_bias"],
            )
            for target in TARGETS
        }
    return Learned(models, {target: Blend(**facts["blends"][target]) for target in TARGETS})


def path_of(folder: Path, version: str) -> Path:
    """Return where the file of a version lies."""
    return folder / f"{version}.npz"
