/** Who holds a conversation, as the words above the composer and the one thing to do next; pure. */
import type { ConversationState, Person } from '@handraise/protocol';

export type Action = 'accept' | 'take_over' | null;

export interface Hold {
  kind: 'bot' | 'queue' | 'mine' | 'other' | 'closed';
  /** Who holds it, in one sentence. */
  text: string;
  /** Why writing is not possible; null when it is. */
  blocked: string | null;
  primary: Action;
}

const READS = 'Your role reads along and does not answer';

/** `chats`: whether this person may answer at all. */
export function readHold(state: Pick<ConversationState, 'holder' | 'agent' | 'bot_online'>, me: string | null, chats = true): Hold {
  const hold = heldBy(state, me);
  return chats || hold.kind === 'closed' ? hold : { ...hold, blocked: READS, primary: null };
}

function heldBy(state: Pick<ConversationState, 'holder' | 'agent' | 'bot_online'>, me: string | null): Hold {
  switch (state.holder) {
    case 'queue':
      return { kind: 'queue', text: 'Waiting for a person', blocked: 'Accept to answer', primary: 'accept' };
    case 'agent':
      return held(state.agent, me);
    case 'closed':
      return {
        kind: 'closed',
        text: 'This conversation is closed. It opens again when the visitor writes.',
        blocked: 'Closed conversations cannot be answered here',
        primary: null,
      };
    case 'bot':
      return {
        kind: 'bot',
        text: state.bot_online ? 'The assistant is answering' : 'The assistant is away',
        blocked: 'Take over to answer',
        primary: 'take_over',
      };
  }
}

function held(agent: Person | null, me: string | null): Hold {
  if (agent?.id === me) return { kind: 'mine', text: 'You are answering', blocked: null, primary: null };
  const name = agent?.name ?? 'A colleague';
  return { kind: 'other', text: `${name} is answering`, blocked: `${name} is answering; you can read along`, primary: null };
}
