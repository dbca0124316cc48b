"""`handraise leads export`: every lead with its answers as said and as read, its score and the receipt."""

from __future__ import annotations

import csv
import json
import sys
from typing import TextIO

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
    return count
