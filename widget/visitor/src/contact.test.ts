import { expect, it } from 'vitest';
import { checkContact } from './contact.ts';
import { TEXTS, type Texts } from './i18n.ts';

const texts = TEXTS['en'] as Texts;
const words = 'I agree.';
const good = { name: '', email: 'jane@example.com', message: '', consent: words };

it('needs an address and consent, nothing else', () => {
  expect(checkContact(good, words, texts)).toEqual({});
  expect(checkContact({ ...good, email: ' ', consent: null }, words, texts)).toEqual({
    email: texts.email_missing,
    consent: texts.consent_missing,
  });
});

it('takes a tick for the words that stand beside it now, and for no others', () => {
  expect(checkContact(good, 'I agree to more.', texts)).toEqual({ consent: texts.consent_missing });
});

it.each(['jane', 'jane@', '@x.example', 'jane@x', 'a b@x.example', 'jane@x..example', 'jane@x.example,joe@x.example', '<jane@x.example>'])(
  'refuses %j',
  (email) => {
    expect(checkContact({ ...good, email }, words, texts)).toEqual({ email: texts.email_wrong });
  },
);

it.each([' jane@example.com ', 'j.d+x@mail.example.co.uk', 'müller@beispiel.de'])('takes %j', (email) => {
  expect(checkContact({ ...good, email }, words, texts)).toEqual({});
});
