"""`handraise token`: tokens with which programs are let in."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from handraise.commands import Json, print_as, run_async
from handraise.opened import opened
from handraise.steps import Failure, done
from leads.settings import Settings

token_app = typer.Typer(help="Tokens with which programs read leads and conversations.", no_args_is_help=True)


@token_app.command("add")
def token_add(
    name: Annotated[str, typer.Option(help="What it is for, e.g. CRM.")],
    scope: Annotated[list[str], typer.Option(help="leads:read, leads:export or conversations:read; several times for several.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it is good; without this until it is removed.")] = None,
    as_json: Json = False,
) -> None:
    """Make a token and print it, this once."""

    async def work(settings: Settings) -> dict[str, Any]:
        from leads.audit import Who
        from webhook.api_tokens import ApiTokens
        from webhook.errors import Invalid

        async with opened(settings) as database:
            try:
                token, row = await ApiTokens(database).make(name, scope, days, "command line", Who("command", "token"))
            except Invalid as error:
                raise Failure(error.message) from error
        return {"token": token, **row}

    made = run_async(work)
    print_as(made, as_json, lambda: _say(made))


@token_app.command("list")
def token_list(as_json: Json = False) -> None:
    """Every token, with when it was used last; none can be shown again."""

    async def work(settings: Settings) -> list[dict[str, Any]]:
        from webhook.api_tokens import ApiTokens

        async with opened(settings) as database:
            return await ApiTokens(database).listed()

    rows = run_async(work)
    print_as(rows, as_json, lambda: [print(_line(row)) for row in rows])


@token_app.command("remove")
def token_remove(token_id: Annotated[str, typer.Argument(help="As `handraise token list` shows it.")]) -> None:
    """End a token at once."""

    async def work(settings: Settings) -> None:
        from leads.audit import Who
        from webhook.api_tokens import ApiTokens
        from webhook.errors import NotFound

        async with opened(settings) as database:
            try:
                await ApiTokens(database).remove(token_id, Who("command", "token"))
            except NotFound as error:
                raise Failure(error.message, "handraise token list shows which there are.") from error

    run_async(work)
    done("The token lets nobody in any more")


def _say(made: dict[str, Any]) -> None:
    done(f"This is the token for {made['name']}. It is shown only now:")
    print(f"\n  {made['token']}\n")


def _line(row: dict[str, Any]) -> str:
    used, ends = row["last_used_at"] or "never used", row["expires_at"] or "no end"
    return f"{row['id']}  …{row['hint']}  {row['name']:<20} {', '.join(row['scopes']):<32} {used[:16]:<17} {ends[:10]}"
