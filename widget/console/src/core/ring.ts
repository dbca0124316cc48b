/** Who is calling for a person: rings begin, are put off, and end; pure. */
import type { Summary } from '@handraise/protocol';

export interface Ring {
  summary: Summary;
  /** A new hand-off of the same conversation rings anew, a repeated one does not. */
  handoffId: string;
  later: boolean;
}

export type Rings = Readonly<Record<string, Ring>>;

/** Whether somebody still has to come. */
export function isCalling(summary: Summary): boolean {
  const state = summary.handoff?.state;
  return summary.holder !== 'closed' && summary.holder !== 'agent' && (state === 'requested' || state === 'ringing' || state === 'missed');
}

export function startRing(rings: Rings, summary: Summary): Rings {
  if (!summary.handoff || !isCalling(summary)) return stopRing(rings, summary.conversation_id);
  const known = rings[summary.conversation_id];
  const later = known?.handoffId === summary.handoff.id && known.later;
  return { ...rings, [summary.conversation_id]: { summary, handoffId: summary.handoff.id, later } };
}

export function stopRing(rings: Rings, conversationId: string): Rings {
  if (!(conversationId in rings)) return rings;
  return Object.fromEntries(Object.entries(rings).filter(([id]) => id !== conversationId));
}

export function putOff(rings: Rings, conversationId: string): Rings {
  const ring = rings[conversationId];
  return ring ? { ...rings, [conversationId]: { ...ring, later: true } } : rings;
}

/** A newer row may carry a newer lead, or say that nobody is wanted any more. */
export function updateRing(rings: Rings, summary: Summary): Rings {
  return summary.conversation_id in rings ? startRing(rings, summary) : rings;
}

/** After a reconnect only the hand-offs that the inbox still shows as open go on ringing. */
export function keepOpen(rings: Rings, inbox: Readonly<Record<string, Summary>>): Rings {
  let kept: Rings = {};
  for (const [id, ring] of Object.entries(rings)) {
    const row = inbox[id];
    if (row?.handoff && isCalling(row))
      kept = {
        ...kept,
        [id]: { ...ring, summary: row, later: ring.later && row.handoff.id === ring.handoffId, handoffId: row.handoff.id },
      };
  }
  return kept;
}

/** Rings to show: whose agent is gone and the hot ones first, the missed ones last, and among equals the longest waiting first. */
export function shownRings(rings: Rings): Ring[] {
  const since = (ring: Ring) => ring.summary.handoff?.requested_at ?? '';
  return Object.values(rings)
    .filter((ring) => !ring.later)
    .sort((a, b) => urgency(a.summary) - urgency(b.summary) || since(a).localeCompare(since(b)));
}

/** -1 whose agent is gone, 0 hot and unanswered, 1 others who wait, 2 missed, 3 everything else. */
export function urgency(row: Summary): number {
  if (!isCalling(row)) return 3;
  if (row.handoff?.state === 'missed') return 2;
  if (row.handoff?.reason === 'agent_lost') return -1;
  return row.lead?.tier === 'hot' ? 0 : 1;
}

/** A missed hand-off is shown but makes no sound: the visitor has been told already. */
export function isLoud(ring: Ring): boolean {
  return !ring.later && ring.summary.handoff?.state !== 'missed';
}
