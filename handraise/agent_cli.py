"""`handraise agent`: the commands."""

from __future__ import annotations

from typing import Annotated

import typer

from handraise.commands import Json, print_as, run_async
from handraise.steps import done

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


@agent_app.command("password")
def agent_password(
    email: str, password: Annotated[str | None, typer.Option(envvar="HANDRAISE_AGENT_PASSWORD", help="Asked for when not given.")] = None
) -> None:
    """Give an agent a new password; they are signed out everywhere."""
    from handraise.agent import new_password

    word = password or typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    run_async(lambda settings: new_password(settings, email, word))
    done(f"{email} has a new password")


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


def _show_agents(rows: list[dict[str, object]]) -> None:
    for row in rows:
        print(f"{row['email']:<32} {row['role']:<10} {row['name']}" + ("" if row["active"] else "  (disabled)"))
