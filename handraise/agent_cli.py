"""`handraise agent`: the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from handraise.commands import Json, print_as, run_async
from handraise.steps import done
from leads.clock import iso

if TYPE_CHECKING:
    from webhook.links import Link

agent_app = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)


@agent_app.command("add")
def agent_add(
    email: Annotated[str, typer.Option(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The name that visitors see.")],
    role: Annotated[str, typer.Option(help="agent, marketer or admin.")] = "agent",
    password: Annotated[str | None, typer.Option(envvar="HANDRAISE_AGENT_PASSWORD", help="Asked for when not given.")] = None,
    as_json: Json = False,
) -> None:
    """Add somebody who may sign in to the console."""
    from handraise.agent import add_agent

    word = password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    run_async(lambda settings: add_agent(settings, email, name, role, word))
    print_as({"email": email, "name": name, "role": role}, as_json, lambda: done(f"{name} may sign in as {email}"))


@agent_app.command("invite")
def agent_invite(
    email: Annotated[str, typer.Option(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The name that visitors see.")],
    role: Annotated[str, typer.Option(help="agent, marketer or admin.")] = "agent",
    as_json: Json = False,
) -> None:
    """Add somebody and print a link with which they choose their own password."""
    from handraise.agent import invite

    _show_link(run_async(lambda settings: invite(settings, email, name, role)), as_json)


@agent_app.command("reset")
def agent_reset(email: str, as_json: Json = False) -> None:
    """Print a link with which somebody chooses a new password, or the first one."""
    from handraise.agent import reset

    _show_link(run_async(lambda settings: reset(settings, email)), as_json)


@agent_app.command("second-factor")
def agent_second_factor(what: Annotated[str, typer.Argument(help="off")], email: str) -> None:
    """Take the second factor of somebody away who has lost app and recovery codes."""
    from handraise.agent import second_factor_off

    if what != "off":
        raise typer.BadParameter("Only off: people switch it on themselves, in the console under You.")
    done(f"{run_async(lambda settings: second_factor_off(settings, email))} signs in with the password alone")


@agent_app.command("password")
def agent_password(
    email: str, password: Annotated[str | None, typer.Option(envvar="HANDRAISE_AGENT_PASSWORD", help="Asked for when not given.")] = None
) -> None:
    """Give an agent a new password; they are signed out everywhere."""
    from handraise.agent import new_password

    word = password or typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    run_async(lambda settings: new_password(settings, email, word))
    done(f"{email} has a new password")


@agent_app.command("name")
def agent_name(email: str, name: Annotated[str, typer.Argument(help="The name that visitors see.")]) -> None:
    """Give somebody another name; they can do it themselves, in the console under You."""
    from handraise.agent import change_name

    run_async(lambda settings: change_name(settings, email, name))
    done(f"Visitors see {email} as {name}")


@agent_app.command("role")
def agent_role(email: str, role: Annotated[str, typer.Argument(help="agent, marketer or admin.")]) -> None:
    """Give somebody another role; they have to sign in again."""
    from handraise.agent import change_role

    name = run_async(lambda settings: change_role(settings, email, role))
    done(f"{name} is now {role}; open consoles of theirs are signed out")


@agent_app.command("off")
def agent_off(email: str) -> None:
    """Switch an account off: nobody signs in with it, and open consoles are cut."""
    from handraise.agent import switch

    done(f"{run_async(lambda settings: switch(settings, email, False))} can no longer sign in")


@agent_app.command("on")
def agent_on(email: str) -> None:
    """Switch an account on again."""
    from handraise.agent import switch

    done(f"{run_async(lambda settings: switch(settings, email, True))} may sign in again")


@agent_app.command("list")
def agent_list(as_json: Json = False) -> None:
    """Everybody who may sign in."""
    from handraise.agent import list_agents

    rows = run_async(list_agents)
    print_as(rows, as_json, lambda: _show_agents(rows))


def _show_link(link: Link, as_json: bool) -> None:
    content = {"email": link.agent.email, "name": link.agent.name, "address": link.address, "expires_at": iso(link.expires_at)}
    print_as(content, as_json, lambda: _say_link(link))


def _say_link(link: Link) -> None:
    done(f"Give {link.agent.name or link.agent.email} this link. It works once, until {link.expires_at:%Y-%m-%d %H:%M} UTC:")
    print(f"\n  {link.address}\n")


def _show_agents(rows: list[dict[str, object]]) -> None:
    for row in rows:
        print(f"{row['email']:<32} {row['role']:<10} {row['name'] or '(no name yet)'}" + ("" if row["active"] else "  (disabled)"))
