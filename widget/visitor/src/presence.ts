/** Who answers now, and how soon: what the header says; pure and honest. */
import { type Conversation, saidAway } from './conversation.ts';
import type { Texts } from './i18n.ts';

export interface Presence {
  title: string;
  status: string;
  tone: 'on' | 'wait' | 'off';
  /** Name of the person whose face is shown; null for the assistant's. */
  person: string | null;
}

export function presence(conversation: Conversation, texts: Texts): Presence {
  const { link, joined, state, site } = conversation;
  const assistant = site?.assistant ?? texts.assistant;
  const title = site?.name ?? texts.chat;
  const off = (status: string): Presence => ({ title, status, tone: 'off', person: null });
  if (link === 'refused') return off(texts.unavailable_status);
  if (!joined || state === null) return off(texts.connecting);
  if (state.closed) return off(texts.ended);
  if (state.agent !== null) return { title: state.agent.name, status: texts.person_here, tone: 'on', person: state.agent.name };
  if (state.waiting) return { title, status: texts.calling, tone: 'wait', person: null };
  if (!state.bot_online || saidAway(conversation)) return { title, status: texts.bot_away, tone: 'off', person: null };
  return { title, status: `${assistant} · ${texts.at_once}`, tone: 'on', person: null };
}
