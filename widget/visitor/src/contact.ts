/** What is wrong with a filled contact form, field by field; and a form that comes back. */
import type { Texts } from './i18n.ts';
import type { Memory } from './storage.ts';

export interface ContactFields {
  name: string;
  email: string;
  message: string;
  /** The words that were agreed to; null: none yet. */
  consent: string | null;
  /** To be told of offers: of its own, never needed. */
  marketing: string | null;
}

export type ContactProblems = Partial<Record<'email' | 'consent', string>>;

const EMAIL = /^[^\s@<>()",;:]+@[^\s@<>()",;:.]+(\.[^\s@<>()",;:.]+)+$/u;

/** @param words what has to be agreed to now */
export function checkContact({ email, consent }: Pick<ContactFields, 'email' | 'consent'>, words: string, texts: Texts): ContactProblems {
  const problems: ContactProblems = {};
  if (email.trim() === '') problems.email = texts.email_missing;
  else if (!EMAIL.test(email.trim())) problems.email = texts.email_wrong;
  if (consent !== words) problems.consent = texts.consent_missing;
  return problems;
}

/** The form as it was, to be mended; its consent is to be given again. */
export function giveBack({ name, email, message }: Record<string, unknown>, memory: Memory): void {
  for (const [draft, text] of Object.entries({ name, email, contact: message })) memory.setDraft(draft, String(text ?? ''));
}
