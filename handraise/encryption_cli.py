"""`handraise encryption`: the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from handraise.commands import Json, print_as, run_async
from handraise.steps import console, done, warn

if TYPE_CHECKING:
    from leads.reencrypt import Done

_TELL_EVERY = 5000  # values of a table

encryption_app = typer.Typer(help="Contact data and chats, encrypted at rest: keys, what is encrypted, new keys.", no_args_is_help=True)


@encryption_app.command("new-key")
def encryption_new_key() -> None:
    """Print a new key for HANDRAISE_ENCRYPTION_KEYS; nothing is stored or changed."""
    from leads.encryption import new_key

    print(new_key())


@encryption_app.command("status")
def encryption_status(as_json: Json = False) -> None:
    """How many values of each table are encrypted with which key."""
    from handraise.encryption import status

    found = run_async(status)
    print_as(found, as_json, lambda: _show(found))


@encryption_app.command("apply")
def encryption_apply(as_json: Json = False) -> None:
    """Encrypt everything with the first key (or make it plain, when the word plain stands first), while everything runs."""
    from handraise.encryption import apply

    told: dict[str, int] = {}

    def progress(table: str, values: int) -> None:
        if not as_json and values - told.get(table, 0) >= _TELL_EVERY:
            told[table] = values
            console.print(f"  [dim]… {table}: {values} values[/]")

    found = run_async(lambda settings: apply(settings, progress))
    print_as(vars(found), as_json, lambda: _tell(found))
    if found.damaged:
        raise typer.Exit(1)


def _show(found: dict[str, Any]) -> None:
    print(f"Encrypts with {found['encrypts'] or 'no key: what is new is stored plain'}")
    print(f"Decrypts with {', '.join(found['decrypts']) or 'no key'}")
    for row in found["values"]:
        print(f"{row['table']:<16} {row['key']:<9} {row['values']:>9} values")
    if any(row["key"] != (found["encrypts"] or "plain") for row in found["values"]):
        print("handraise encryption apply brings everything to the first key.")


def _tell(found: Done) -> None:
    done(f"{found.values} values were written anew")
    for key_id in found.forgotten:
        done(f"Nothing is encrypted with the key {key_id} any more: take it out of HANDRAISE_ENCRYPTION_KEYS everywhere")
    for hub in found.hubs:
        warn(f"The hub {hub} does not encrypt with the first key that is given here: give it the same keys, restart it, and run this again")
    for row in found.damaged:
        warn(f"Cannot be decrypted, and was left as it is: {row}")
