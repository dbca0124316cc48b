/** What this person may do, as the hub told; the hub checks it again at every event. */
import type { Me } from '@handraise/protocol';

export type Permission =
  'own' | 'chat' | 'conversations:read' | 'leads:read' | 'leads:correct' | 'leads:export' | 'bot:edit' | 'people:manage';

export const may = (me: Me | null, permission: Permission): boolean => me?.permissions.includes(permission) ?? false;

/** Whether something has to be done before work: a second factor, or a name. */
export const isUnready = (me: Me | null): boolean => me !== null && (me.must_set_up || me.must_name);

export const ROLES = {
  agent: { name: 'Agent', can: 'Answers chats and corrects leads' },
  marketer: { name: 'Marketer', can: 'Reads chats and leads, exports, changes the bot' },
  admin: { name: 'Admin', can: 'Everything, also people and tokens' },
} as const;

export const SCOPES = {
  'leads:read': 'Read leads',
  'leads:export': 'Export all leads',
  'conversations:read': 'Read conversations',
} as const;
