/** The receipt of a score as rows and sums that anybody can add up; pure. */
import type { LeadCard, ReceiptEntry } from '@handraise/protocol';

export interface ReceiptGroup {
  group: 'fit' | 'engagement';
  title: string;
  points: number;
  entries: readonly ReceiptEntry[];
}

export interface Receipt {
  groups: readonly ReceiptGroup[];
  total: number;
  /** False when the rows do not add up to the score; then the card says so. */
  addsUp: boolean;
}

const TITLES = { fit: 'Fit', engagement: 'Engagement' } as const;

export function readReceipt(lead: Pick<LeadCard, 'receipt' | 'score'>): Receipt {
  const entries = lead.receipt?.entries ?? [];
  const groups = (['fit', 'engagement'] as const)
    .map((group) => {
      const rows = entries.filter((entry) => entry.group === group).sort((a, b) => b.points - a.points);
      return { group, title: TITLES[group], points: sum(rows), entries: rows };
    })
    .filter((group) => group.entries.length > 0);
  const total = sum(entries);
  return { groups, total, addsUp: total === lead.score };
}

/** The strongest reasons for the lead, for a ring. */
export function topReasons(lead: Pick<LeadCard, 'receipt'> | null, count: number): ReceiptEntry[] {
  const good = (lead?.receipt?.entries ?? []).filter((entry) => entry.points > 0);
  return [...good].sort((a, b) => b.points - a.points).slice(0, count);
}

const sum = (entries: readonly ReceiptEntry[]) => entries.reduce((total, entry) => total + entry.points, 0);
