/** Who holds a conversation and how far its log goes (docs/protocol.md, section 2). */
import * as v from 'valibot';
import { HolderName, Person } from './entry.ts';

export const ConversationState = v.object({
  conversation_id: v.string(),
  holder: HolderName,
  epoch: v.pipe(v.number(), v.integer()),
  agent: v.nullable(Person),
  waiting: v.boolean(),
  last_seq: v.pipe(v.number(), v.integer(), v.minValue(0)),
  closed: v.boolean(),
  bot_online: v.boolean(),
});
export type ConversationState = v.InferOutput<typeof ConversationState>;
