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

export function presence(conversation: Conversation, texts: Texts, assistant: string): Presence {
  const { link, joined, state, site, gate } = conversation;
  const title = site?.name ?? texts.chat;
  const off = (status: string): Presence => ({ title, status, tone: 'off', person: null });
  if (link === 'refused') return off(texts.unavailable_status);
  // Before the yes to the chat nothing is being connected.
  if (gate !== null) return off(assistant);
  if (!joined || state === null) return off(texts.connecting);
  if (state.closed) return off(texts.ended);
  if (state.agent !== null) return { title: state.agent.name, status: texts.person_here, tone: 'on', person: state.agent.name };
  if (state.waiting) return { title, status: texts.calling, tone: 'wait', person: null };
  if (!state.bot_online || saidAway(conversation)) return { title, status: texts.bot_away, tone: 'off', person: null };
  return { title, status: `${assistant} · ${texts.at_once}`, tone: 'on', person: null };
}
