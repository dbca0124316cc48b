"""Only models that this installation has signed are unpacked: what is in a model file runs when it is loaded.

handraise/signing.py signs. The bytes that were checked are the bytes that are loaded: they are kept in a folder of this process alone,
so that nobody can put another file in their place in between.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import Text

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VARIABLE = "HANDRAISE_MODEL_KEY"  # the public key in hexadecimal
ENDING = ".tar.gz"
PREFIX = "model-"
OLD_SECONDS = 3600.0  # a model is read within seconds


class Untrusted(Exception):
    """A model that is not loaded; the message says why and what to do."""


def trusted_copy(model: Path, key: Text) -> Path:
    """A copy of the model for this process only, made of the bytes whose signature is right; gone when the process ends.

    Raises:
        Untrusted: nothing was unpacked.
    """
    content = _checked(model, key)
    home = Path.home()  # a folder of the bot's own, see handraise/model.py
    for left in home.glob(f"{PREFIX}*"):  # by processes that were killed
        if time.time() - left.stat().st_mtime > OLD_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = folder / model.name
    copy.write_bytes(content)
    return copy


def _checked(model: Path, key: Text) -> bytes:
    if not key:
        raise Untrusted("No key for models is known here. handraise train makes one and signs what it trains; handraise bot knows it.")
    try:
        content = model.read_bytes()
    except OSError as error:
        raise Untrusted(f"The model {model} cannot be read: {error.strerror}. Run handraise train.") from error
    message = f"handraise model 1\n{model.name[: -len(ENDING)]}\n{hashlib.sha256(content).hexdigest()}".encode()
    try:
        signature = bytes.fromhex(model.with_name(model.name + ".sig").read_text())
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (OSError, ValueError, InvalidSignature) as error:
        why = "was not signed by this installation, or was altered since. It was not unpacked. Run handraise train --force."
        raise Untrusted(f"The model {model} {why}") from error
    return content
