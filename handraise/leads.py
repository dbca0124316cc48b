"""`handraise leads`: every lead with its answers, score and receipt; what agents have corrected."""

from __future__ import annotations

import csv
import json
import sys
from typing import TextIO

from handraise.noted import noted
from handraise.opened import lead_store, opened
from leads.export import csv_row
from leads.settings import Settings


async def export_leads(settings: Settings, form: str, out: TextIO = sys.stdout) -> int:
    """Write all leads to ``out`` as ``jsonl`` or ``csv`` and return how many there were."""
    count = 0
    async with opened(settings) as database:
        writer: csv.DictWriter[str] | None = None
        async for lead in lead_store(settings, database).export():
            count += 1
            if form == "jsonl":
                out.write(json.dumps(lead, ensure_ascii=False) + "\n")
                continue
            row = csv_row(lead)
            if writer is None:
                writer = csv.DictWriter(out, fieldnames=list(row))
                writer.writeheader()
            writer.writerow(row)
        await noted(database, "leads.export", "leads_exported", format=form, leads=count)
    return count


async def list_corrections(settings: Settings, out: TextIO = sys.stdout) -> int:
    """Write what agents have corrected as JSON lines and return how many there were."""
    count = 0
    async with opened(settings) as database:
        async for example in lead_store(settings, database).corrections():
            count += 1
            out.write(json.dumps(example, ensure_ascii=False) + "\n")
        await noted(database, "leads.corrections", "corrections_exported", examples=count)
    return count
