"""`handraise up`: prepare what is missing, start hubs, actions and bots, and keep them running until Ctrl-C."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import time
from pathlib import Path
from tempfile import TemporaryFile

from handraise import model, parts
from handraise.agent import FirstAgent, ensure_first_agent
from handraise.bot_files import check_essentials, check_shapes, problems
from handraise.ports import free_port, free_ports
from handraise.prepare import prepare_bot, prepare_widget
from handraise.schema import ready_database
from handraise.steps import Failure, console, report, say, step, told, warn
from handraise.supervisor import Part, Supervisor
from handraise.train import warn_of_strangers
from leads.errors import FileProblem
from leads.settings import Settings

NO_MODEL = 503


async def up(settings: Settings, hubs: int = 1, bots: int = 1) -> None:
    """Run everything until SIGINT or SIGTERM, with so many hubs and bots.

    Raises:
        Failure: something that must stand before the first part can start does not.
    """
    begun = time.monotonic()
    console.print("\n  [bold]Handraise[/]\n")
    check_data(settings)
    check_port(settings)
    check_files(settings)
    await asyncio.to_thread(prepare_widget, settings.data / "logs")
    await ready_database(settings)
    first = await ensure_first_agent(settings)
    advise(settings, hubs)
    urls = ",".join(f"http://127.0.0.1:{port}" for port in free_ports(bots))
    run = settings.model_copy(update={"actions_port": free_port(), "actions_url": "", "bot_url": urls, "bot_token": secrets.token_hex(16)})
    await _run(run, first, begun, hubs)


async def _run(settings: Settings, first: FirstAgent, begun: float, count: int) -> None:
    stop = _stop_on_signals()
    supervisor = Supervisor(settings.data / "logs")
    bot: asyncio.Task[None] | None = None
    try:
        hubs = [parts.hub(settings)] if count == 1 else [parts.hub(settings, number) for number in range(1, count + 1)]
        for hub in hubs:
            supervisor.start(hub)
        welcome(settings, first)
        bot = asyncio.create_task(_start_rest(supervisor, settings, hubs, begun))
        await stop.wait()
    finally:
        say("[dim]…[/]", "[dim]Stopping[/]")
        if bot is not None:
            bot.cancel()
        await supervisor.stop()
        say("[green]✓[/]", "Everything has stopped")


def check_data(settings: Settings) -> None:
    """Raise a Failure when the data folder cannot be made or written."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.data):
            pass
    except OSError as error:
        fix = "Choose a folder that this account may write: HANDRAISE_DATA=/path make up"
        raise Failure(f"The data folder {settings.data} cannot be written: {error.strerror}.", fix) from error


def check_port(settings: Settings) -> None:
    """Raise a Failure when the hub's port cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except PermissionError as error:
            raise Failure(
                f"Port {settings.port} may not be used by this account.", "Choose one above 1023: HANDRAISE_PORT=8080 make up"
            ) from error
        except OSError as error:
            fix = f"Stop that program, or choose another port: HANDRAISE_PORT={settings.port + 10} make up"
            raise Failure(f"Port {settings.port} is taken by another program.", fix) from error


def check_files(settings: Settings) -> None:
    """Raise the first FileProblem that keeps everything from starting. Broken flows do not when there is a model from before."""
    check_essentials(settings.bot_files)
    found = model.find(settings.bot_files, settings.data)
    if found and found.fits:
        return  # a model was trained from these very files
    broken = problems(settings.bot_files)
    if broken and found is None:
        raise broken[0]
    for problem in broken:
        report(told(problem))


def advise(settings: Settings, hubs: int) -> None:
    """Say what several hubs would like to have."""
    if hubs > 1 and settings.database.startswith("sqlite"):
        say("[dim]·[/]", "[dim]Several hubs share one SQLite file; for real load set HANDRAISE_DATABASE_URL to a PostgreSQL.[/]")
    if hubs > 1 and not settings.redis_url:
        say("[dim]·[/]", "[dim]Without HANDRAISE_REDIS_URL hubs look at the database for each other's lines, every second or two.[/]")


def welcome(settings: Settings, first: FirstAgent) -> None:
    """The addresses and how to sign in."""
    console.print(f"\n    Demo page   [bold]{settings.url}/[/]")
    console.print(f"    Console     [bold]{settings.url}/console[/]")
    console.print(f"    Sign in as  [bold]{first.email}[/]  {first.hint}\n")


async def _start_rest(supervisor: Supervisor, settings: Settings, hubs: list[Part], begun: float) -> None:
    """Actions and bots, once the hubs serve, so that they do not slow them down. A failure here is said and leaves the hubs running."""
    for hub in hubs:
        await hub.announced.wait()
    supervisor.start(parts.actions(settings))
    try:
        await asyncio.to_thread(prepare_bot, settings.data / "logs")
        path = await ready_model(settings)
    except Failure as failure:
        report(failure)
        warn("The bot is not running: visitors get the contact form, agents can chat. Mend the above and start again.")
        return
    urls = settings.bot_urls
    bots = [parts.bot(settings, path, number if len(urls) > 1 else None) for number in range(1, len(urls) + 1)]
    for bot in bots:
        supervisor.start(bot)
    for url, bot in zip(urls, bots, strict=True):
        while not bot.announced.is_set():
            if await parts.status(parts.bot_health(url)) == NO_MODEL:  # Rasa listens once it has tried to load the model
                fix = "Run handraise train --force, then start again. Until then visitors get the contact form, and agents can chat."
                report(Failure(f"The model {path} does not load.", fix))
                return
            await asyncio.sleep(0.2)
    say("[green]✓[/]", f"Everything is up after {time.monotonic() - begun:.0f} s. Ctrl-C stops it.")


async def ready_model(settings: Settings) -> Path:
    """The model that fits the bot's files, trained if need be; when training fails, the one before."""
    found = model.find(settings.bot_files, settings.data)
    if found and found.fits:
        return found.path
    warn_of_strangers(settings.data)
    try:
        check_shapes(settings.bot_files)
        with step("Training the bot"):
            return await model.train(settings.bot_files, settings.data)
    except (Failure, FileProblem) as failure:
        if found is None:
            raise
        if isinstance(failure, Failure):
            report(failure)
        warn(f"The bot goes on with the model before, {found.path.name}.")
        return found.path


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop
