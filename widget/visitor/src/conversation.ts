/** The state of one conversation as the visitor sees it, and the pure reducer that moves it. */
import type { ConversationState, Entry, Joined, Site, VisitorTyping } from '@handraise/protocol';

export type PendingEvent = 'message' | 'choose' | 'contact' | 'rate';

/** Something the visitor did that the hub has not stored yet, or has stored but not yet sent back as an entry. */
export interface Pending {
  id: string;
  event: PendingEvent;
  /** What the visitor sees as their line; empty for a rating. */
  text: string;
  payload: Record<string, unknown>;
  /** The conversation it belongs to; null when it was written before the first join. */
  conversation: string | null;
  at: string;
  status: 'sending' | 'sent' | 'failed';
}

export interface Conversation {
  link: 'connecting' | 'up' | 'down' | 'refused';
  joined: boolean;
  state: ConversationState | null;
  site: Site | null;
  /** Without gap or duplicate, in order of seq. */
  entries: readonly Entry[];
  /** Arrived ahead of a gap; shown only when the gap is filled. */
  early: readonly Entry[];
  pending: readonly Pending[];
  typing: Pick<VisitorTyping, 'who' | 'name'> | null;
  /** Up to which seq the visitor has looked. */
  seen: number;
}

export type Change =
  | { type: 'link'; link: Conversation['link'] }
  | { type: 'joined'; joined: Joined }
  | { type: 'entries'; entries: readonly Entry[] }
  | { type: 'state'; state: ConversationState }
  | { type: 'typing'; typing: VisitorTyping }
  | { type: 'typing_over' }
  | { type: 'queued'; pending: Pending }
  | { type: 'stored'; id: string; seq: number }
  | { type: 'failed'; id: string }
  | { type: 'again'; id: string }
  | { type: 'dropped'; id: string }
  | { type: 'seen'; seq: number };

export function emptyConversation(pending: readonly Pending[] = [], seen = 0): Conversation {
  return { link: 'connecting', joined: false, state: null, site: null, entries: [], early: [], pending, typing: null, seen };
}

export function lastSeq(conversation: Conversation): number {
  return conversation.entries.at(-1)?.seq ?? 0;
}

/** True when the hub has entries that are not shown yet. */
export function hasGap(conversation: Conversation): boolean {
  return conversation.joined && (conversation.early.length > 0 || (conversation.state?.last_seq ?? 0) > lastSeq(conversation));
}

/** Lines of the bot or a person that the visitor has not looked at. */
export function unread(conversation: Conversation): number {
  return conversation.entries.filter((entry) => entry.seq > conversation.seen && isTheirs(entry)).length;
}

/** True when the newest word on the bot is that it is away: it may be up again, but it has not answered yet. */
export function saidAway({ entries }: Conversation): boolean {
  const last = entries.findLast(
    (entry) =>
      (entry.kind === 'message' && entry.author === 'bot') ||
      (entry.kind === 'notice' && (entry.data.code === 'bot_away' || entry.data.code === 'bot_back')),
  );
  return last?.kind === 'notice' && last.data.code === 'bot_away';
}

export function isTheirs(entry: Entry): boolean {
  return entry.kind === 'message' && entry.author !== 'visitor';
}

export function reduce(before: Conversation, change: Change): Conversation {
  switch (change.type) {
    case 'link':
      return { ...before, link: change.link, joined: change.link === 'up' && before.joined, typing: null };
    case 'joined':
      return join(before, change.joined);
    case 'entries':
      return change.entries.reduce(insert, before);
    case 'state':
      return withState(before, change.state);
    case 'typing':
      return { ...before, typing: change.typing.on ? { who: change.typing.who, name: change.typing.name } : null };
    case 'typing_over':
      return { ...before, typing: null };
    case 'queued':
      return { ...before, pending: [...before.pending, change.pending] };
    case 'stored':
      return withStatus(expecting(before, change.seq), change.id, 'sent');
    case 'failed':
      return withStatus(before, change.id, 'failed');
    case 'again':
      return withStatus(before, change.id, 'sending');
    case 'dropped':
      return { ...before, pending: before.pending.filter((item) => item.id !== change.id) };
    case 'seen':
      return { ...before, seen: Math.max(before.seen, change.seq) };
  }
}

/** After a join: another conversation than before starts from nothing, and what was written for the old one is let go. */
function join(before: Conversation, { state, entries, site }: Joined): Conversation {
  const id = state.conversation_id;
  const same = before.state === null || before.state.conversation_id === id;
  const base: Conversation = {
    ...before,
    joined: true,
    link: 'up',
    state,
    site: site ?? before.site,
    typing: null,
    entries: same ? before.entries : [],
    early: same ? before.early : [],
    seen: same ? before.seen : 0,
    pending: before.pending
      .filter((item) => item.conversation === null || item.conversation === id)
      .map((item) => ({ ...item, conversation: id })),
  };
  return entries.reduce(insert, base);
}

function withState(before: Conversation, state: ConversationState): Conversation {
  if (before.state !== null && before.state.conversation_id !== state.conversation_id) return before;
  const handsChanged = before.state?.holder !== state.holder;
  return { ...before, state, typing: handsChanged ? null : before.typing };
}

/** The hub has stored up to this seq: if the entry itself does not arrive, that is a gap. */
function expecting(before: Conversation, seq: number): Conversation {
  if (before.state === null || before.state.last_seq >= seq) return before;
  return { ...before, state: { ...before.state, last_seq: seq } };
}

function withStatus(before: Conversation, id: string, status: Pending['status']): Conversation {
  return { ...before, pending: before.pending.map((item) => (item.id === id ? { ...item, status } : item)) };
}

/** Put one entry in its place: the next one is shown, a later one waits, one we have is ignored. */
function insert(before: Conversation, entry: Entry): Conversation {
  const next = lastSeq(before) + 1;
  if (entry.seq < next) return before;
  if (entry.seq > next) {
    if (before.early.some((waiting) => waiting.seq === entry.seq)) return before;
    return { ...before, early: [...before.early, entry] };
  }
  const after = show(before, entry);
  const follower = after.early.find((waiting) => waiting.seq === entry.seq + 1);
  const early = after.early.filter((waiting) => waiting.seq > entry.seq + 1);
  return follower ? insert({ ...after, early }, follower) : { ...after, early };
}

function show(before: Conversation, entry: Entry): Conversation {
  const spentBy = entry.kind === 'choice' ? entry.data.of_seq : null;
  const earlier = spentBy === null ? before.entries : before.entries.map((old) => (old.seq === spentBy ? { ...old, choices: [] } : old));
  const spokeNow = before.typing !== null && before.typing.who === entry.author;
  return {
    ...before,
    entries: [...earlier, entry],
    pending: entry.client_msg_id === null ? before.pending : before.pending.filter((item) => item.id !== entry.client_msg_id),
    typing: spokeNow ? null : before.typing,
    seen: entry.author === 'visitor' ? Math.max(before.seen, entry.seq) : before.seen,
  };
}
