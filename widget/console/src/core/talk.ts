/** One opened conversation from its events; pure. */
import type { ConversationState, Entry } from '@handraise/protocol';
import { emptyLog, hasGap, lastSeq, place } from './log.ts';
import type { Pending, Talk, TalkEvent } from './state.ts';

export const newTalk: Talk = { status: 'loading', problem: null, log: emptyLog, state: null, lead: null, pending: [], typing: null };

export function reduceTalk(talk: Talk, event: TalkEvent): Talk {
  switch (event.type) {
    case 'opening':
      return { ...talk, status: talk.status === 'ready' ? 'ready' : 'loading', problem: null };
    case 'opened':
      return addEntries(
        { ...upTo(talk, event.state), status: 'ready', problem: null, state: newer(talk, event.state), lead: event.lead },
        event.entries,
      );
    case 'open_failed':
      return { ...talk, status: talk.status === 'ready' ? 'ready' : 'failed', problem: event.problem };
    case 'entries':
      return addEntries(talk, event.entries);
    case 'state':
      return { ...talk, state: newer(talk, event.state) };
    case 'lead':
      return { ...talk, lead: event.lead };
    case 'typing':
      return { ...talk, typing: event.on ? event.typing : talk.typing?.who === event.typing.who ? null : talk.typing };
    case 'sending':
      return { ...talk, pending: [...talk.pending.filter((line) => line.id !== event.pending.id), event.pending] };
    case 'send_ended':
      return { ...talk, pending: endSend(talk, event) };
    case 'send_dropped':
      return { ...talk, pending: talk.pending.filter((line) => line.id !== event.pendingId) };
  }
}

function addEntries(talk: Talk, incoming: readonly Entry[]): Talk {
  const before = lastSeq(talk.log);
  const log = place(talk.log, incoming);
  const fresh = log.entries.filter((entry) => entry.seq > before);
  return {
    ...talk,
    log,
    state: fresh.reduce(withHolder, talk.state),
    typing: fresh.some((entry) => entry.author === talk.typing?.who) ? null : talk.typing,
    pending: talk.pending.filter((line) => !log.entries.some((entry) => isLine(entry, line))),
  };
}

const isLine = (entry: Entry, line: Pending) => entry.client_msg_id === line.id || (line.seq !== null && entry.seq === line.seq);

function endSend(talk: Talk, event: Extract<TalkEvent, { type: 'send_ended' }>): readonly Pending[] {
  // The entry itself may have come before its acknowledgement; then the line is already gone.
  if (event.seq !== null && event.seq <= lastSeq(talk.log)) return talk.pending.filter((line) => line.id !== event.pendingId);
  const { status, problem, seq } = event;
  return talk.pending.map((line) => (line.id === event.pendingId ? { ...line, status, problem, seq } : line));
}

/** A holder entry is the truth about who holds it, also when the state event is lost. */
function withHolder(state: ConversationState | null, entry: Entry): ConversationState | null {
  if (!state || entry.kind !== 'holder' || entry.data.epoch <= state.epoch) return state;
  const { holder, epoch, agent } = entry.data;
  return { ...state, holder, epoch, agent: holder === 'agent' ? agent : null, waiting: holder === 'queue', closed: holder === 'closed' };
}

/** States may overtake each other: one of an older epoch only tells of entries; unless the whole log is an older one. */
function newer(talk: Talk, next: ConversationState): ConversationState {
  const known = talk.state;
  if (!known || known.epoch <= next.epoch || isRestored(talk, next)) return next;
  return { ...known, last_seq: Math.max(known.last_seq, next.last_seq) };
}

/** The hub was restored from a backup: what it never had is asked for anew. */
function upTo(talk: Talk, state: ConversationState): Talk {
  return isRestored(talk, state) ? { ...talk, log: emptyLog } : talk;
}

const isRestored = (talk: Talk, state: ConversationState) => state.last_seq < lastSeq(talk.log);

/** Whether the hub has entries that are missing here. */
export function isBehind(talk: Talk): boolean {
  return talk.status === 'ready' && hasGap(talk.log, talk.state?.last_seq ?? 0);
}
