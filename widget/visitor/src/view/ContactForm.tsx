/** The contact form in the flow of the log; errors stand beside their fields and never cost what was typed. */
import { useRef, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import { checkContact, type ContactFields, type ContactProblems } from '../contact.ts';
import { tidy } from '../tidy.ts';
import { Words } from './Words.tsx';

type TextField = 'name' | 'email' | 'message';
const MAX = { name: 120, email: 254, message: 2000 };

export function ContactForm({ app, intro }: { app: App; intro: string }) {
  const { texts, memory, session } = app;
  const { site } = session.conversation;
  const form = useRef<HTMLFormElement>(null);
  const [fields, setFields] = useState<ContactFields>(() => ({
    name: memory.draft('name'),
    email: memory.draft('email'),
    message: memory.draft('contact'),
    consent: null,
    marketing: null,
  }));
  const words = site?.consent_text ?? '';
  // The hub looks closer at an address than checkContact does, and knows whether these are still the words to agree to.
  const [problems, setProblems] = useState<ContactProblems>(() => {
    const refused = session.conversation.formRefused;
    return refused === null ? {} : { [refused]: refused === 'email' ? texts.email_wrong : texts.words_changed };
  });

  const set = (change: Partial<ContactFields>) => {
    const next = { ...fields, ...change };
    setFields(next);
    memory.setDraft('name', next.name);
    memory.setDraft('email', next.email);
    memory.setDraft('contact', next.message);
    // A mended field is no longer wrong; a field that was never wrong is not nagged about before sending.
    const now = checkContact(next, words, texts);
    setProblems((before) => keepKnown(before, now));
  };
  // A tick belongs to the words beside it: when these change, it is gone.
  const marketing = fields.marketing !== null && fields.marketing === site?.marketing_text ? fields.marketing : null;
  const send = () => {
    const found = checkContact(fields, words, texts);
    setProblems(found);
    if (Object.keys(found).length > 0) {
      const first = found.email ? 'email' : 'consent';
      form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
      return;
    }
    session.contact({ name: tidy(fields.name), email: tidy(fields.email), message: tidy(fields.message), consent: words, marketing });
    for (const name of ['name', 'email', 'contact']) memory.setDraft(name, '');
  };
  const text = (name: TextField) => ({
    name,
    value: fields[name],
    maxLength: MAX[name],
    onInput: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <form
      ref={form}
      class="card"
      noValidate
      aria-label={texts.form_title}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="intro" dir="auto">
        <Words text={intro || texts.form_title} />
      </p>
      <label>
        <span>
          {texts.name} <small>({texts.optional})</small>
        </span>
        <input {...text('name')} type="text" dir="auto" autocomplete="name" />
      </label>
      <label>
        <span>{texts.email}</span>
        <input
          {...text('email')}
          type="email"
          dir="ltr"
          autocomplete="email"
          aria-required="true"
          aria-invalid={problems.email !== undefined}
          aria-describedby="email-problem"
        />
      </label>
      <Problem id="email-problem" text={problems.email} />
      <label>
        <span>
          {texts.message} <small>({texts.optional})</small>
        </span>
        <textarea {...text('message')} rows={3} dir="auto" />
      </label>
      <label class="consent">
        <input
          name="consent"
          type="checkbox"
          checked={fields.consent === words}
          aria-invalid={problems.consent !== undefined}
          aria-describedby="consent-problem"
          onChange={(event) => set({ consent: event.currentTarget.checked ? words : null })}
        />
        <span dir="auto">
          <Words text={words} />{' '}
          {site?.privacy_url && (
            <a href={site.privacy_url} target="_blank" rel="noopener noreferrer">
              {texts.privacy}
            </a>
          )}
        </span>
      </label>
      <Problem id="consent-problem" text={problems.consent} />
      {site?.marketing_text && (
        <label class="consent">
          <input
            name="marketing"
            type="checkbox"
            checked={marketing !== null}
            onChange={(event) => set({ marketing: event.currentTarget.checked ? site.marketing_text : null })}
          />
          <span dir="auto">
            <Words text={site.marketing_text} /> <small>({texts.optional})</small>
          </span>
        </label>
      )}
      <button type="submit" class="primary">
        {texts.form_send}
      </button>
    </form>
  );
}

function Problem({ id, text }: { id: string; text: string | undefined }) {
  return (
    <p id={id} class="problem" role="alert">
      {text === undefined ? null : <Words text={text} />}
    </p>
  );
}

function keepKnown(before: ContactProblems, now: ContactProblems): ContactProblems {
  const kept: ContactProblems = {};
  if (before.email && now.email) kept.email = now.email;
  if (before.consent && now.consent) kept.consent = before.consent;
  return kept;
}
