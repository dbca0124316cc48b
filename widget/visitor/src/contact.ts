/** What is wrong with a filled contact form, field by field; pure. */
import type { Texts } from './i18n.ts';

export interface ContactFields {
  name: string;
  email: string;
  message: string;
  consent: boolean;
}

export type ContactProblems = Partial<Record<'email' | 'consent', string>>;

const EMAIL = /^[^\s@<>()",;:]+@[^\s@<>()",;:.]+(\.[^\s@<>()",;:.]+)+$/u;

export function checkContact({ email, consent }: ContactFields, texts: Texts): ContactProblems {
  const problems: ContactProblems = {};
  if (email.trim() === '') problems.email = texts.email_missing;
  else if (!EMAIL.test(email.trim())) problems.email = texts.email_wrong;
  if (!consent) problems.consent = texts.consent_missing;
  return problems;
}
