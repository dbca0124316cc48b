/** Where the agent writes: who holds the conversation, the one next step, the text, canned replies by `/`. */
import type { ConversationState, LeadCard } from '@handraise/protocol';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { fillCanned, type Canned } from '../../core/canned.ts';
import { readHold } from '../../core/hold.ts';
import { may } from '../../core/permissions.ts';
import { useDesk, useDeskState } from '../context.tsx';
import { CannedMenu } from './CannedMenu.tsx';
import css from './composer.module.css';
import { Field } from './Field.tsx';
import { HoldBar } from './HoldBar.tsx';
import { useCanned } from './useCanned.ts';
import { useDraft, useTyping } from './useDraft.ts';

const MAX = 4000;

export function Composer({ id, state, lead }: { id: string; state: ConversationState; lead: LeadCard | null }) {
  const desk = useDesk();
  const me = useDeskState((desk) => desk.me);
  const hold = readHold(state, me?.id ?? null, may(me, 'chat'));
  const [text, setText] = useDraft(id);
  const typing = useTyping(id);
  const field = useRef<HTMLTextAreaElement>(null);
  useFocusWhenMine(hold.kind === 'mine', field);
  const filled = (item: Canned) => fillCanned(item.text, { first: lead?.name ?? null, me: me?.name ?? '' });
  const insert = (item: Canned) => {
    setText(filled(item));
    field.current?.focus();
  };
  const canned = useCanned(text, me, hold.blocked !== null, insert);
  const send = () => {
    const line = text.trim();
    if (line === '' || hold.blocked !== null || line.length > MAX) return;
    typing.done();
    void desk.replies.send(id, line);
    setText('');
  };
  const change = (next: string) => {
    canned.reset();
    setText(next);
    if (next.trim() !== '') typing.typed();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || canned.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      if (canned.query === null) field.current?.blur();
      else setText('');
    }
  };
  const parts = { text, canned, blocked: hold.blocked, onChange: change, onKeyDown, onBlur: typing.done, onSend: send };
  return (
    <footer className={css.composer} data-hold={hold.kind}>
      <div className={css.composerInner}>
        <HoldBar id={id} hold={hold} lead={lead} />
        {canned.query !== null && me ? (
          <CannedMenu found={canned.found} picked={canned.picked} onUse={insert} preview={filled} agentId={me.id} />
        ) : null}
        {hold.blocked === null || text !== '' ? <Field ref={field} {...parts} /> : null}
        <Under text={text} blocked={hold.blocked} />
      </div>
    </footer>
  );
}

function useFocusWhenMine(mine: boolean, field: { current: HTMLTextAreaElement | null }): void {
  const before = useRef(mine);
  useEffect(() => {
    if (mine && !before.current) field.current?.focus();
    before.current = mine;
  }, [mine, field]);
}

function Under({ text, blocked }: { text: string; blocked: string | null }) {
  if (blocked !== null) return text === '' ? null : <p className={css.under}>{blocked}. Your draft is kept.</p>;
  const over = text.length - MAX;
  if (over <= 0) return null;
  return (
    <p className={css.under} data-bad role="alert">
      {over} characters too many; at most {MAX} fit into one message.
    </p>
  );
}
