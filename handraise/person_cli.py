"""`handraise person`: the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from handraise.commands import Json, guard, print_as, run_async
from handraise.steps import Failure, done
from leads.settings import Settings

person_app = typer.Typer(help="Requests of people about their data: find, erase, export.", no_args_is_help=True)

_Words = Annotated[str, typer.Argument(help="An e-mail address, a phone number, the id of a conversation.")]


@person_app.command("find")
def person_find(
    words: Annotated[str, typer.Argument(help="An e-mail address, a phone number, an id, or a name.")], as_json: Json = False
) -> None:
    """Every conversation in which the words stand: in answers and in what visitors wrote."""
    from handraise.person import find

    rows = run_async(lambda settings: find(settings, words))
    print_as(rows, as_json, lambda: _show(rows))


@person_app.command("erase")
def person_erase(
    words: _Words,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    out: Annotated[Path | None, typer.Option("--report", help="Write the signed report to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Erase somebody for good: conversations, answers, consents, pages; also from a backup that is restored later."""
    from handraise.person import about_to_erase, erase

    rows = run_async(lambda settings: about_to_erase(settings, words))
    if not yes:
        _show(rows)
        typer.confirm(f"Erase {_count(len(rows))} for good? This cannot be undone", abort=True)
    erased = run_async(lambda settings: erase(settings, [row["conversation_id"] for row in rows], words))
    if out is not None:
        out.write_text(json.dumps(erased.report, indent=2) + "\n", "utf-8")
    tables = ", ".join(f"{count} {name}" for name, count in erased.report["tables"].items() if count)
    print_as(erased.report, as_json, lambda: done(f"Erased under the reference {erased.reference}: {tables}"))


@person_app.command("export")
def person_export(
    words: _Words, out: Annotated[Path, typer.Option(help="The archive to write.")] = Path("person.zip"), as_json: Json = False
) -> None:
    """Everything that is stored about somebody, as JSON and CSV in one archive."""
    from handraise.person import export

    counts = run_async(lambda settings: export(settings, words, out))
    content = {"file": str(out), "rows": counts}
    shown = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    print_as(content, as_json, lambda: done(f"{out} holds {shown}"))


@person_app.command("report")
def person_report(reference: Annotated[str, typer.Argument(help="As the person was told it.")]) -> None:
    """The signed report of an erasure, as JSON."""
    from handraise.person import report

    print_as(run_async(lambda settings: report(settings, reference)), True)


@person_app.command("verify")
def person_verify(file: Annotated[Path, typer.Argument(help="A report as `person erase --report` writes it.")]) -> None:
    """Whether a report is as this installation signed it; ends with exit code 1 if not."""
    from handraise.person import check

    content = guard(lambda _settings: _read(file))

    async def work(settings: Settings) -> None:
        if not await check(settings, content):
            fix = "It was changed after it was signed, or another installation signed it."
            raise Failure(f"The signature of {file} does not fit.", fix)

    run_async(work)
    done(f"The report is as it was signed: reference {content['reference']}, {content['at']}")


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{file} cannot be read: {error}", "Give a file that `handraise person erase --report` wrote.") from error
    if not isinstance(content, dict) or not {"reference", "at", "signature"} <= content.keys():
        raise Failure(f"{file} is not a report of an erasure.", "Give a file that `handraise person erase --report` wrote.")
    return content


def _show(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['conversation_id']}  {row['last_at'][:10]}  {row['messages']:>4} messages  found in: {', '.join(row['where'])}")
    print(_count(len(rows)))


def _count(number: int) -> str:
    return f"{number} conversation{'' if number == 1 else 's'}"
