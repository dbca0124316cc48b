/** The hand-offs of a conversation as a short story for the lead card; pure. */
import type { Entry } from '@handraise/protocol';

export interface Step {
  seq: number;
  at: string;
  text: string;
  kind: 'called' | 'took' | 'back' | 'closed';
}

const CALLED: Record<string, string> = {
  hot: 'Called a person: the lead is hot',
  human: 'Called a person: the visitor asked',
  agent_lost: 'Called a person: the agent was gone',
  contact: 'Called a person: the contact form was sent',
};

/** Why a hand-off wants somebody, in a few words. */
export const CALL_REASONS: Record<string, string> = {
  hot: 'Hot lead',
  human: 'Asked for a person',
  agent_lost: 'Lost their agent',
  contact: 'Left contact details',
};

export function handoffStory(entries: readonly Entry[]): Step[] {
  const steps: Step[] = [];
  let holder: string | null = null;
  for (const entry of entries) {
    if (entry.kind !== 'holder') continue;
    const { seq, at } = entry;
    const who = entry.data.agent?.name ?? holder ?? 'An agent';
    if (entry.data.holder === 'queue') steps.push({ seq, at, kind: 'called', text: CALLED[entry.data.reason ?? ''] ?? 'Called a person' });
    if (entry.data.holder === 'agent') steps.push({ seq, at, kind: 'took', text: `${entry.data.agent?.name ?? 'An agent'} took over` });
    if (entry.data.holder === 'closed')
      steps.push({ seq, at, kind: 'closed', text: holder || entry.data.agent ? `${who} closed it` : 'Closed' });
    if (entry.data.holder === 'bot') steps.push({ seq, at, kind: 'back', text: back(entry.data.reason, holder) });
    holder = entry.data.holder === 'agent' ? (entry.data.agent?.name ?? null) : null;
  }
  return steps;
}

function back(reason: string | null, holder: string | null): string {
  if (reason === 'missed') return 'Nobody answered in time';
  return holder === null ? 'Back to the assistant' : `${holder} handed back to the assistant`;
}
