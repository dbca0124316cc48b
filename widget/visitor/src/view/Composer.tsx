/** Where the visitor writes: grows to five lines, Enter sends, Shift+Enter breaks; what is typed survives a page change. */
import { MAX_TEXT } from '@handraise/protocol';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import type { Conversation } from '../conversation.ts';
import { fill } from '../language.ts';
import { tidy } from '../tidy.ts';
import { Icon } from './Icon.tsx';

const NOTICE_FROM = MAX_TEXT - 400;

interface Props {
  app: App;
  conversation: Conversation;
}

export function Composer({ app, conversation }: Props) {
  const { texts, memory, session } = app;
  const [text, setText] = useState(() => memory.draft('message'));
  const field = useRef<HTMLTextAreaElement>(null);
  const clean = tidy(text);
  const length = [...clean].length;
  const tooLong = length - MAX_TEXT;
  const canSend = clean !== '' && tooLong <= 0;

  useLayoutEffect(() => grow(field.current), [text]);
  useEffect(() => {
    app.focusComposer = () => field.current?.focus();
    app.compose = (words) => {
      setText((now) => {
        const next = [words, now].filter(Boolean).join('\n');
        memory.setDraft('message', next);
        return next;
      });
      field.current?.focus();
    };
  }, [app, memory]);

  const write = (next: string) => {
    setText(next);
    memory.setDraft('message', next);
    if (next.trim() !== '') session.typing();
  };
  const send = () => {
    if (!canSend) return;
    session.send(clean);
    setText('');
    memory.setDraft('message', '');
    field.current?.focus();
  };
  const placeholder =
    conversation.state?.closed === true ? texts.placeholder_closed : (sitePlaceholder(app, conversation) ?? texts.placeholder);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {length > NOTICE_FROM && (
        <p id="length" class={tooLong > 0 ? 'length over' : 'length'} role="status">
          {tooLong > 0 ? fill(texts.too_long, { n: tooLong }) : fill(texts.length, { n: length, max: MAX_TEXT })}
        </p>
      )}
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir={text === '' ? undefined : 'auto'}
          value={text}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-invalid={tooLong > 0}
          aria-describedby={length > NOTICE_FROM ? 'length' : undefined}
          disabled={conversation.link === 'refused'}
          enterkeyhint="send"
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        {clean !== '' && (
          <button type="submit" class="send" aria-label={texts.send} aria-disabled={!canSend}>
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}

/** The site's own words, where they are in the language of the window. */
function sitePlaceholder({ language }: App, { site }: Conversation): string | null {
  return site?.locale.toLowerCase().split('-')[0] === language ? site.placeholder : null;
}

/** The style sheet caps the height at five lines. */
function grow(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = 'auto';
  field.style.height = `${String(field.scrollHeight)}px`;
}
