/** Where the agent writes: who holds the conversation, the one next step, the text, canned replies by `/`. */
import { ActionIcon, Button, Textarea, Tooltip } from '@mantine/core';
import type { ConversationState, LeadCard } from '@handraise/protocol';
import { IconBolt, IconSend2 } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { cannedQuery, fillCanned, findCanned, readCanned, type Canned } from '../../core/canned.ts';
import { readHold } from '../../core/hold.ts';
import { useDesk, useDeskState, useServices } from '../context.tsx';
import { useIsPhone } from '../hooks.ts';
import { CANNED_LIST, CannedMenu, cannedOption } from './CannedMenu.tsx';
import { HoldBar } from './HoldBar.tsx';
import { useDraft, useTyping } from './useDraft.ts';
import css from './talk.module.css';

const MAX = 4000;

export function Composer({ id, state, lead }: { id: string; state: ConversationState; lead: LeadCard | null }) {
  const desk = useDesk();
  const { browser } = useServices();
  const me = useDeskState((desk) => desk.me);
  const hold = readHold(state, me?.id ?? null);
  const [text, setText] = useDraft(id);
  const typing = useTyping(id);
  const phone = useIsPhone();
  const field = useRef<HTMLTextAreaElement>(null);
  const [picked, setPicked] = useState(0);
  const query = hold.blocked === null ? cannedQuery(text) : null;
  const found = query === null || !me ? [] : findCanned(readCanned(browser, me.id), query);
  useFocusWhenMine(hold.kind === 'mine', field);

  const send = () => {
    const line = text.trim();
    if (line === '' || hold.blocked !== null || line.length > MAX) return;
    typing.done();
    setText('');
    void desk.replies.send(id, line);
  };
  const insert = (canned: Canned) => {
    setText(fillCanned(canned.text, { first: lead?.name ?? null, me: me?.name ?? '' }));
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const chosen = found[Math.min(picked, found.length - 1)];
    if (chosen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setPicked((picked + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (chosen && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault();
      insert(chosen);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      if (query === null) field.current?.blur();
      else setText('');
    }
  };

  return (
    <footer className={css.composer} data-hold={hold.kind}>
      <div className={css.composerInner}>
        <HoldBar id={id} hold={hold} lead={lead} />
        {query !== null && me ? (
          <CannedMenu found={found} picked={Math.min(picked, found.length - 1)} onUse={insert} agentId={me.id} />
        ) : null}
        {hold.blocked === null || text !== '' ? (
          <div className={css.field} data-blocked={hold.blocked !== null}>
            <Textarea
              ref={field}
              data-composer
              aria-label="Your reply"
              aria-controls={query === null ? undefined : CANNED_LIST}
              aria-activedescendant={found.length > 0 ? cannedOption(Math.min(picked, found.length - 1)) : undefined}
              aria-describedby={hold.blocked === null ? undefined : `blocked-${id}`}
              placeholder={hold.blocked !== null ? '' : phone ? 'Write a reply' : 'Write a reply. Type / for canned replies'}
              variant="unstyled"
              autosize
              minRows={1}
              maxRows={8}
              dir="auto"
              readOnly={hold.blocked !== null}
              value={text}
              onChange={(event) => {
                setPicked(0);
                setText(event.currentTarget.value);
                if (event.currentTarget.value.trim() !== '') typing.typed();
              }}
              onBlur={typing.done}
              onKeyDown={onKeyDown}
              classNames={{ root: css.fieldRoot ?? '', input: css.fieldInput ?? '' }}
            />
            {hold.blocked === null ? (
              <Buttons empty={text.trim() === ''} onCanned={() => setText('/')} onSend={send} field={field} />
            ) : null}
          </div>
        ) : null}
        <Under id={id} text={text} blocked={hold.blocked} />
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

function Buttons({
  empty,
  onCanned,
  onSend,
  field,
}: {
  empty: boolean;
  onCanned: () => void;
  onSend: () => void;
  field: { current: HTMLTextAreaElement | null };
}) {
  const phone = useIsPhone();
  const canned = () => {
    onCanned();
    field.current?.focus();
  };
  return (
    <span className={css.fieldButtons}>
      {empty ? (
        <Tooltip label="Canned replies">
          <ActionIcon size={36} aria-label="Canned replies" onClick={canned}>
            <IconBolt size={20} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      ) : null}
      {phone ? (
        <ActionIcon
          size={36}
          variant={empty ? 'subtle' : 'filled'}
          color={empty ? 'gray' : 'brand'}
          aria-label="Reply"
          aria-disabled={empty}
          onClick={onSend}
        >
          <IconSend2 size={20} stroke={1.7} className="flip" />
        </ActionIcon>
      ) : (
        <Button
          size="sm"
          aria-disabled={empty}
          className={css.send}
          onClick={onSend}
          rightSection={<IconSend2 size={16} stroke={1.8} className="flip" />}
        >
          Reply
        </Button>
      )}
    </span>
  );
}

function Under({ id, text, blocked }: { id: string; text: string; blocked: string | null }) {
  if (blocked !== null) {
    return text === '' ? null : (
      <p id={`blocked-${id}`} className={css.under}>
        {blocked}. Your draft is kept.
      </p>
    );
  }
  const over = text.length - MAX;
  if (over > 0)
    return (
      <p
        className={css.under}
        data-bad
        role="alert"
      >{`${String(over)} characters too many; at most ${String(MAX)} fit into one message.`}</p>
    );
  return null;
}
