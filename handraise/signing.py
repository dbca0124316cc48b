"""Models are signed by the installation that trained them: to unpack a model file is to run whatever is in it.

Ed25519. The private key is made at the first training, ``keys/models.key`` in the data folder, for this account only; the public one lies
beside it and goes to the bot, which checks the very bytes it unpacks (bot/signature.py).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from handraise.steps import Failure

ENDING = ".tar.gz"
SIGNATURE = ".sig"  # after the whole name of the model's file
VARIABLE = "HANDRAISE_MODEL_KEY"  # in the bot's environment: the public key, which is no secret


def sign(path: Path, data: Path) -> None:
    """Sign a model that was just trained.

    Raises:
        Failure: the key cannot be made or read.
    """
    signature = _private(data, make=True).sign(_message(path))
    _write(path.with_name(path.name + SIGNATURE), signature.hex(), 0o644)


def is_trusted(path: Path, data: Path) -> bool:
    """Whether this installation has signed exactly this file under exactly this name."""
    key = public_key(data)
    try:
        signature = bytes.fromhex(path.with_name(path.name + SIGNATURE).read_text())
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, _message(path))
    except (OSError, ValueError, InvalidSignature):
        return False
    return True


def environment(data: Path) -> dict[str, str]:
    """What the bot needs to check a model; empty as long as nothing was ever signed here."""
    key = public_key(data)
    return {VARIABLE: key} if key else {}


def public_key(data: Path) -> str:
    """The public key in hexadecimal; empty when there is none yet. The private one need not be readable, as in a container."""
    try:
        return _hex(_private(data, make=False))
    except (FileNotFoundError, PermissionError):
        pass
    try:
        return (data / "keys" / "models.pub").read_text().strip()
    except FileNotFoundError:
        return ""


def _private(data: Path, *, make: bool) -> Ed25519PrivateKey:
    path = data / "keys" / "models.key"
    if make and not path.exists():
        _make(path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        fix = "Remove it and run handraise train: a new one is made, and the models are trained again."
        raise Failure(f"{path} is no key for models.", fix)
    return key


def _make(path: Path) -> None:
    """A new key; of several processes that make one at the same time, the first wins."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    _write(mine, pem, 0o600)
    try:
        os.link(mine, path)
        _write(path.with_suffix(".pub"), _hex(key) + "\n", 0o644)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def _hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def _message(path: Path) -> bytes:
    """What is signed: the name too, so that an older model of ours cannot be put in the place of a newer one."""
    name = path.name.removesuffix(ENDING)
    return f"handraise model 1\n{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}".encode()


def _write(path: Path, text: str, mode: int) -> None:
    """As a whole or not at all."""
    part = path.with_name(f"{path.name}.part{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        out.write(text)
    part.replace(path)
