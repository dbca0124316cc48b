/** The state of one conversation as the visitor sees it, and the pure reducer that moves it. */
import type { ConversationState, Entry, Erased, Joined, Site, VisitorTyping } from '@handraise/protocol';

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
  /** `retrying` was put off by the hub and goes again by itself; `failed` can be tried again as it is, `refused` cannot. */
  status: 'sending' | 'retrying' | 'sent' | 'failed' | 'refused';
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
  /** The contact form was sent and not accepted: what has to be mended. */
  formRefused: 'email' | 'consent' | null;
  /** The visitor wants everything deleted, and the hub has not said yet that it is: nothing of it is shown or sent any more. */
  forgetting: boolean;
  /** The hub cannot delete it. */
  notForgotten: boolean;
  /** The site asks for consent to chat: it has to be asked for, or the visitor said no. Null: the chat may go on. */
  gate: 'asked' | 'declined' | null;
  /** Consent is taken back as soon as the hub can be asked. */
  withdrawing: boolean;
  /** What was deleted before this conversation began. */
  erased: Erased | null;
}

export type Change =
  | { type: 'link'; link: Conversation['link'] }
  /** `carry`: the hub no longer knew the old conversation, so what waits goes on to the new one by itself. */
  | { type: 'joined'; joined: Joined; carry: boolean }
  | { type: 'entries'; entries: readonly Entry[] }
  | { type: 'state'; state: ConversationState }
  | { type: 'typing'; typing: VisitorTyping }
  | { type: 'typing_over' }
  | { type: 'queued'; pending: Pending }
  | { type: 'stored'; id: string; seq: number }
  | { type: 'put_off'; id: string }
  | { type: 'failed'; id: string; as: string }
  | { type: 'refused'; id: string }
  | { type: 'returned'; id: string; field: Conversation['formRefused'] }
  | { type: 'again'; id: string }
  | { type: 'dropped'; id: string }
  | { type: 'seen'; seq: number }
  | { type: 'forgetting' }
  | { type: 'not_forgotten' }
  | { type: 'gate'; gate: Conversation['gate']; site?: Site }
  | { type: 'withdrawing'; on: boolean }
  /** Somebody else has deleted it. */
  | { type: 'gone'; erased: Erased };

export function emptyConversation(pending: readonly Pending[] = [], seen = 0): Conversation {
  const nothing = { state: null, site: null, entries: [], early: [], typing: null };
  const forgotten = { forgetting: false, notForgotten: false, erased: null };
  return { link: 'connecting', joined: false, ...nothing, pending, seen, formRefused: null, ...forgotten, gate: null, withdrawing: false };
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
      return join(before, change.joined, change.carry);
    case 'entries':
      return change.entries.reduce(insert, before);
    case 'state':
      return withState(before, change.state);
    case 'typing':
      return { ...before, typing: change.typing.on ? { who: change.typing.who, name: change.typing.name } : null };
    case 'typing_over':
      return { ...before, typing: null };
    case 'queued':
      return { ...before, pending: [...before.pending, change.pending], formRefused: null };
    case 'stored':
      return changed(expecting(before, change.seq), change.id, { status: 'sent' });
    case 'put_off':
      return changed(before, change.id, { status: 'retrying' });
    case 'failed':
      return changed(before, change.id, { status: 'failed', id: change.as });
    case 'refused':
      return changed(before, change.id, { status: 'refused' });
    case 'again':
      return changed(before, change.id, { status: 'sending' });
    case 'returned':
      return { ...without(before, change.id), formRefused: change.field };
    case 'dropped':
      return without(before, change.id);
    case 'seen':
      return { ...before, seen: Math.max(before.seen, change.seq) };
    case 'forgetting':
      return { ...before, forgetting: true, notForgotten: false, pending: [] };
    case 'not_forgotten':
      return { ...before, forgetting: false, notForgotten: true };
    case 'gate':
      return { ...before, gate: change.gate, site: change.site ?? before.site };
    case 'withdrawing':
      return { ...before, withdrawing: change.on };
    case 'gone':
      return { ...before, joined: false, state: null, entries: [], early: [], pending: [], typing: null, erased: change.erased };
  }
}

/**
 * After a join. Another conversation than before starts from nothing, and so does one whose log has become shorter, because the hub
 * was restored from a backup: what is missing is then fetched as over any other gap.
 */
function join(before: Conversation, { state, entries, site, erased }: Joined, carry: boolean): Conversation {
  const id = state.conversation_id;
  const isSame = before.state === null || before.state.conversation_id === id;
  const goesOn = isSame && state.last_seq >= lastSeq(before);
  const base: Conversation = {
    ...before,
    joined: true,
    link: 'up',
    state,
    site: site ?? before.site,
    typing: null,
    entries: goesOn ? before.entries : [],
    early: goesOn ? before.early : [],
    seen: isSame ? before.seen : 0,
    pending: before.pending.filter((item) => erased === null || item.conversation === null).flatMap((item) => moved(item, id, carry)),
    formRefused: isSame ? before.formRefused : null,
    forgetting: isSame && !erased && before.forgetting,
    notForgotten: isSame && before.notForgotten,
    erased: erased ?? (isSame ? before.erased : null),
  };
  return entries.reduce(insert, base);
}

/** What was written for another conversation: buttons go with it, words stay and the visitor decides. */
function moved(item: Pending, conversation: string, carry: boolean): Pending[] {
  if (item.conversation === null || item.conversation === conversation) return [{ ...item, conversation }];
  if (item.status === 'sent' || item.event === 'choose' || item.event === 'rate') return [];
  return [{ ...item, conversation, status: carry ? item.status : 'failed' }];
}

/** States may overtake each other; one of an older epoch says nothing about who holds the conversation now. */
function withState(before: Conversation, next: ConversationState): Conversation {
  const { state } = before;
  if (state !== null && state.conversation_id !== next.conversation_id) return before;
  const last_seq = Math.max(state?.last_seq ?? 0, next.last_seq);
  if (state !== null && state.epoch > next.epoch) return { ...before, state: { ...state, last_seq } };
  return { ...before, state: { ...next, last_seq }, typing: state?.holder === next.holder ? before.typing : null };
}

/** The hub has stored up to this seq: if the entry itself does not arrive, that is a gap. */
function expecting(before: Conversation, seq: number): Conversation {
  if (before.state === null || before.state.last_seq >= seq) return before;
  return { ...before, state: { ...before.state, last_seq: seq } };
}

function changed(before: Conversation, id: string, change: Partial<Pending>): Conversation {
  return { ...before, pending: before.pending.map((item) => (item.id === id ? { ...item, ...change } : item)) };
}

function without(before: Conversation, id: string): Conversation {
  return { ...before, pending: before.pending.filter((item) => item.id !== id) };
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
