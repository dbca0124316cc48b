/** The audit log in plain words: who, what, about what; and what is asked of the hub for a filter. Pure. */
import type { AuditRow } from '@handraise/protocol';
import { displayName } from './names.ts';

/** What is looked for; an empty text does not matter. Days are days of the reader, both included. */
export interface AuditFilter {
  who: string;
  what: string;
  about: string;
  from: string;
  to: string;
}
export const EVERYTHING: AuditFilter = { who: '', what: '', about: '', from: '', to: '' };

export const WHO: Readonly<Record<string, string>> = {
  agent: 'People of the team',
  token: 'Programs with a token',
  command: 'The command line',
  visitor: 'Visitors',
  job: 'Handraise itself',
};

/** The verbs by their kind, as in leads/audit_kinds.py; tests/contract/audit.json holds both to the same list. */
export const KINDS: Readonly<Record<string, { name: string; verbs: Readonly<Record<string, string>> }>> = {
  viewing: {
    name: 'Seen',
    verbs: {
      lead_viewed: 'Looked at a lead',
      leads_listed: 'Looked at the list of leads',
      conversation_viewed: 'Looked at a conversation',
      person_sought: 'Searched for a person',
      audit_viewed: 'Looked at the audit log',
    },
  },
  change: {
    name: 'Changed',
    verbs: {
      corrected: 'Corrected an answer',
      consent_withdrawn: 'Took consent back',
      restored: 'Restored a backup',
      reencrypted: 'Changed how stored data is encrypted',
    },
  },
  export: {
    name: 'Exported',
    verbs: {
      leads_exported: 'Exported all leads',
      person_exported: 'Exported the data of a person',
      corrections_exported: 'Exported corrections',
      audit_exported: 'Exported the audit log',
      backed_up: 'Made a backup',
    },
  },
  erasure: {
    name: 'Erased',
    verbs: {
      erased: 'Erased a person',
      retention: 'Deleted what was too old',
      audit_cut: 'Deleted old rows of the audit log',
    },
  },
  access: {
    name: 'People and access',
    verbs: {
      signed_in: 'Signed in',
      agent_added: 'Added an account',
      agent_invited: 'Invited somebody',
      agent_role_changed: 'Changed a role',
      agent_renamed: 'Changed a name',
      agent_switched_on: 'Switched an account on',
      agent_switched_off: 'Switched an account off',
      oidc_bound: 'Signed in elsewhere for the first time',
      password_chosen: 'Chose a password by link',
      password_changed: 'Changed a password',
      reset_link_made: 'Made a link for a new password',
      second_factor_on: 'Switched a second factor on',
      second_factor_off: 'Switched a second factor off',
      recovery_codes_made: 'Made recovery codes',
      recovery_code_used: 'Used a recovery code',
      token_made: 'Made an API token',
      token_removed: 'Removed an API token',
    },
  },
};

const VERBS = Object.assign({}, ...Object.values(KINDS).map((kind) => kind.verbs)) as Record<string, string>;

/** What was done, in words; a verb that this console does not know yet as it stands. */
export const done = (what: string): string => VERBS[what] ?? what.replaceAll('_', ' ');

export interface Named {
  kind: string;
  id: string;
}

/** Who did it, by the name they have now. */
export function doer({ kind, id }: Named, names: Readonly<Record<string, string>>): string {
  if (kind === 'agent') return names[id] ?? `Account ${short(id)}`;
  if (kind === 'token') return `Token ${names[id] ?? short(id)}`;
  if (kind === 'visitor') return displayName({ name: null, conversation_id: id });
  if (kind === 'command') return `handraise ${id.replaceAll('.', ' ')}`;
  return kind === 'job' ? 'Handraise itself' : `${kind} ${id}`;
}

/** What it was about; null when that says no more than the row does. */
export function subject({ who, about }: Pick<AuditRow, 'who' | 'about'>, names: Readonly<Record<string, string>>): string | null {
  if (about === null || about.id === who.id) return null;
  return doer(about.kind === 'conversation' ? { kind: 'visitor', id: about.id } : about, names);
}

/** The numbers and short names beside it. */
export function details(data: AuditRow['data']): string {
  const words = (value: AuditRow['data'][string]) => {
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    return Array.isArray(value) ? value.join(', ') : String(value);
  };
  return Object.entries(data)
    .filter(([key]) => key !== 'hash')
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${words(value)}`)
    .join(' · ');
}

/** The id in what was typed: an id, or the address of a conversation in the console. */
export function idIn(text: string): string {
  const address = /\/inbox\/([^/?#]+)/.exec(text)?.[1];
  return (address ?? text).trim();
}

/** Both days are there and in the wrong order. */
export const backwards = ({ from, to }: AuditFilter): boolean => from !== '' && to !== '' && from > to;

export function auditQuery({ who, what, about, from, to }: AuditFilter): URLSearchParams {
  const asked = { who, what, about: idIn(about), since: midnight(from, 0), until: midnight(to, 1) };
  return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
}

/** The address of the rows as a file. */
export function auditFile(filter: AuditFilter, format: 'csv' | 'jsonl'): string {
  const query = auditQuery(filter);
  query.set('format', format);
  return `/console/api/audit/export?${query.toString()}`;
}

/** The beginning of a day here ("2026-11-27"), some days later, as the hub reads it. */
function midnight(day: string, later: number): string {
  const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number);
  const time = new Date(year, month - 1, date + later);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

const short = (id: string) => (id.length > 10 ? `${id.slice(0, 8)}…` : id);
