/** The console's state from its events; pure, so that a reconnect or a lost event can be replayed in a test. */
import type { Summary } from '@handraise/protocol';
import { keepOpen, putOff, startRing, stopRing, updateRing } from './ring.ts';
import { initialDesk, type DeskEvent, type DeskState, type TalkEvent } from './state.ts';
import { newTalk, reduceTalk } from './talk.ts';

export function reduce(desk: DeskState, event: DeskEvent): DeskState {
  switch (event.type) {
    case 'signed_in':
      return { ...desk, session: 'in', me: event.me };
    case 'signed_out':
      return { ...initialDesk, session: event.expired ? 'expired' : 'out', seen: desk.seen, talks: event.expired ? desk.talks : {} };
    case 'link':
      return { ...desk, link: event.link, talks: event.link === 'online' ? desk.talks : withoutTyping(desk.talks) };
    case 'joined':
      return joined(desk, event);
    case 'agents': {
      const mine = event.agents.find((agent) => agent.id === desk.me?.id);
      return { ...desk, agents: event.agents, me: desk.me && mine ? { ...desk.me, available: mine.available } : desk.me };
    }
    case 'summary':
      return { ...withRow(desk, event.summary), rings: updateRing(desk.rings, event.summary) };
    case 'ring':
      return { ...withRow(desk, event.summary), rings: startRing(desk.rings, event.summary) };
    case 'ring_stop':
      return { ...desk, rings: stopRing(desk.rings, event.id) };
    case 'later':
      return { ...desk, rings: putOff(desk.rings, event.id) };
    case 'typing':
      return isMe(desk, event) ? desk : talked(desk, event);
    case 'erased':
      return erased(desk, event.id);
    case 'seen':
      return event.seq > (desk.seen[event.id] ?? 0) ? { ...desk, seen: { ...desk.seen, [event.id]: event.seq } } : desk;
    default:
      return talked(desk, event);
  }
}

function joined(desk: DeskState, event: Extract<DeskEvent, { type: 'joined' }>): DeskState {
  const inbox = Object.fromEntries(event.inbox.map((row) => [row.conversation_id, row]));
  return {
    ...desk,
    session: 'in',
    link: 'online',
    me: event.me,
    agents: event.agents,
    inbox,
    inboxReady: true,
    rings: keepOpen(desk.rings, inbox),
  };
}

/** Only who holds a conversation is told of as typing in it: where that is me, the dots are my own. */
function isMe({ me, talks }: DeskState, { id, typing }: Extract<DeskEvent, { type: 'typing' }>): boolean {
  return typing.who === 'agent' && me !== null && talks[id]?.state?.agent?.id === me.id;
}

/** Nothing of it stays; where it is open, that is said. */
function erased(desk: DeskState, id: string): DeskState {
  const talks = id in desk.talks ? { ...desk.talks, [id]: { ...newTalk, status: 'erased' as const } } : desk.talks;
  return { ...desk, inbox: without(desk.inbox, id), seen: without(desk.seen, id), rings: stopRing(desk.rings, id), talks };
}

function without<T>(rows: Readonly<Record<string, T>>, id: string): Record<string, T> {
  return Object.fromEntries(Object.entries(rows).filter(([one]) => one !== id));
}

/** Who was typing before a break is not known after it. */
function withoutTyping(talks: DeskState['talks']): DeskState['talks'] {
  return Object.fromEntries(Object.entries(talks).map(([id, talk]) => [id, { ...talk, typing: null }]));
}

/** An older row must not replace a newer one. */
function withRow(desk: DeskState, row: Summary): DeskState {
  const known = desk.inbox[row.conversation_id];
  if (known && (known.epoch > row.epoch || known.last_seq > row.last_seq)) return desk;
  return { ...desk, inbox: { ...desk.inbox, [row.conversation_id]: row } };
}

function talked(desk: DeskState, event: TalkEvent): DeskState {
  const known = desk.talks[event.id];
  if (!known && event.type !== 'opening' && event.type !== 'opened') return desk;
  const talk = reduceTalk(known ?? newTalk, event);
  const next = { ...desk, talks: { ...desk.talks, [event.id]: talk } };
  return event.type === 'opened' ? withRow(next, event.summary) : next;
}
