/** The scrolling log. It follows new lines only while the reader is at its end; otherwise a pill says that there are some. */
import type { Choice } from '@handraise/protocol';
import { Fragment } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import { type Conversation, saidAway } from '../conversation.ts';
import { offeredChoices, type Row, toRows } from '../rows.ts';
import { ContactForm } from './ContactForm.tsx';
import { Group } from './Group.tsx';
import { Icon } from './Icon.tsx';
import { Typing } from './Typing.tsx';
import { Words } from './Words.tsx';
import { fill } from '../language.ts';

const NEAR_END = 48;

interface Props {
  app: App;
  conversation: Conversation;
}

export function Log({ app, conversation }: Props) {
  const { texts } = app;
  const rows = toRows(conversation);
  const choices = offeredChoices(conversation);
  // They belong to the question: a system line that came later stands below them.
  const asking = choices.length > 0 ? rows.findLastIndex((row) => row.type === 'group') : -1;
  const { box, atEnd, toEnd } = useScroll(app, conversation);
  const loading = conversation.entries.length === 0 && conversation.link !== 'refused';
  return (
    <div class="log-frame">
      <div ref={box} class="log" role="log" aria-label={texts.log} aria-live="polite" aria-busy={loading} tabIndex={0}>
        <div class="lines">
          {conversation.erased !== null && (
            <p class="system forgotten" role="status">
              {fill(app.texts.forgotten, conversation.erased)}
            </p>
          )}
          {loading && rows.length === 0 && <Skeleton />}
          {rows.map((row, place) => (
            <Fragment key={row.key}>
              <RowView app={app} row={row} isLast={place === rows.length - 1} />
              {place === asking && <Choices app={app} choices={choices} />}
            </Fragment>
          ))}
          {conversation.state?.waiting === true && conversation.state.bot_online && !saidAway(conversation) && (
            <p class="system hint">{texts.queue_hint}</p>
          )}
          <Typing app={app} typing={conversation.typing} shown={toEnd} />
        </div>
      </div>
      {!atEnd && (
        <button type="button" class="pill" onClick={() => toEnd(true)}>
          {texts.new_messages}
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Choices({ app, choices }: { app: App; choices: readonly Choice[] }) {
  return (
    <div class="choices" role="group" aria-label={app.texts.choices}>
      {choices.map((choice) => (
        <button key={choice.id} type="button" class="chip" dir="auto" onClick={() => app.session.choose(choice)}>
          {choice.title}
        </button>
      ))}
    </div>
  );
}

function RowView({ app, row, isLast }: { app: App; row: Row; isLast: boolean }) {
  switch (row.type) {
    case 'day':
      return <p class="system day">{app.day(row.at)}</p>;
    case 'group':
      return <Group app={app} row={row} isLast={isLast} />;
    case 'system':
      return (
        <p class={`system ${row.tone}`} dir="auto">
          <Words text={row.text} />
        </p>
      );
    case 'form':
      return <ContactForm app={app} intro={row.text} />;
    case 'rated':
      return <p class="system">{fill(app.texts.rated, { n: row.score })}</p>;
  }
}

function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <i />
      <i />
    </div>
  );
}

/** Keep the end in view while the reader is there or has just written; mark lines as seen when they can be seen. */
function useScroll(app: App, conversation: Conversation) {
  const box = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const written = useRef(conversation.pending.length);
  const [hasNew, setHasNew] = useState(false);

  const toEnd = useCallback((smooth = false) => {
    if (!near.current && !smooth) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.current?.scrollTo({ top: box.current.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
  }, []);

  const look = useCallback(() => {
    if (near.current && app.isLooking) app.session.look();
  }, [app]);

  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const onScroll = () => {
      near.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_END;
      if (near.current) setHasNew(false);
      look();
    };
    // The keyboard, the growing composer or a form's error change the height: the end stays in view.
    const resized = new ResizeObserver(() => toEnd());
    resized.observe(current);
    if (current.firstElementChild) resized.observe(current.firstElementChild);
    current.addEventListener('scroll', onScroll, { passive: true });
    document.addEventListener('visibilitychange', look);
    addEventListener('handraise:opened', look);
    return () => {
      resized.disconnect();
      current.removeEventListener('scroll', onScroll);
      document.removeEventListener('visibilitychange', look);
      removeEventListener('handraise:opened', look);
    };
  }, [look, toEnd]);

  const newest = conversation.entries.at(-1)?.seq ?? 0;
  const count = conversation.pending.length;
  useLayoutEffect(() => {
    const wroteNow = count > written.current;
    written.current = count;
    if (wroteNow) near.current = true;
    if (near.current) toEnd();
    else setHasNew(true);
    look();
  }, [newest, count, look, toEnd]);

  return { box, atEnd: !hasNew, toEnd };
}
