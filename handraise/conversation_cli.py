"""`handraise conversation`: the commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from handraise.commands import Json, print_as, run_async

conversation_app = typer.Typer(help="Conversations and their logs.", no_args_is_help=True)


@conversation_app.command("list")
def conversation_list(limit: Annotated[int, typer.Option(help="How many.")] = 20, as_json: Json = False) -> None:
    """The newest conversations."""
    from handraise.conversation import list_conversations

    rows = run_async(lambda settings: list_conversations(settings, limit))
    print_as(rows, as_json, lambda: _show_conversations(rows))


@conversation_app.command("show")
def conversation_show(conversation_id: str, as_json: Json = False) -> None:
    """One conversation with its whole log and the lead card."""
    from handraise.conversation import show_conversation

    found = run_async(lambda settings: show_conversation(settings, conversation_id))
    print_as(found, as_json, lambda: _show(found))


def _show(found: dict[str, Any]) -> None:
    print(f"{found['id']}  held by {found['holder']} (epoch {found['epoch']})\n")
    for entry in found["entries"]:
        who = entry["name"] or entry["author"]
        print(f"{entry['seq']:>4}  {entry['at'][11:19]}  {who:<10} {entry['text'] or entry['kind']}")
    lead = found["lead"]
    if lead:
        print(f"\n{lead['tier']} · {lead['score']} points · {lead['stage']}")
        for row in lead["receipt"].get("entries", []):
            print(f"  {row['points']:>+4}  {row['sentence']}")


def _show_conversations(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['id']}  {row['holder']:<7} {row['last_seq']:>4} entries  {row['last_at']}")
