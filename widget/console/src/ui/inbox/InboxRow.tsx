/** One row of the inbox: who, what was said last, who holds it, how long they wait, and why they matter. */
import type { Summary } from '@handraise/protocol';
import { IconLock, IconRobot } from '@tabler/icons-react';
import { memo, type MouseEvent } from 'react';
import { ago, full } from '../../core/format.ts';
import { isUnread } from '../../core/inbox.ts';
import { displayName } from '../../core/names.ts';
import { isCalling } from '../../core/ring.ts';
import { writeRoute } from '../../core/route.ts';
import { Face } from '../common/Face.tsx';
import { TierChip } from '../common/TierChip.tsx';
import { WaitRing } from '../common/WaitRing.tsx';
import { useDeskState } from '../context.tsx';
import { go, toInbox, useNow } from '../hooks.ts';
import css from './inbox.module.css';

export const InboxRow = memo(function InboxRow({ row, open }: { row: Summary; open: boolean }) {
  const me = useDeskState((state) => state.me?.id ?? null);
  const seen = useDeskState((state) => state.seen);
  const unread = !open && isUnread(row, seen, me);
  const calling = isCalling(row);
  const missed = row.handoff?.state === 'missed';
  const pulse = calling && !missed && row.lead?.tier === 'hot';
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(toInbox(row.conversation_id));
  };
  return (
    <li>
      <a
        className={css.row}
        href={writeRoute(toInbox(row.conversation_id))}
        aria-current={open ? 'true' : undefined}
        data-row={row.conversation_id}
        data-calling={calling}
        data-pulse={pulse}
        data-unread={unread}
        onClick={onClick}
      >
        <Face name={row.name} kind="visitor" online={row.visitor_online} />
        <span className={css.rowMain}>
          <span className={css.rowTop}>
            <span className={css.rowName}>
              <bdi>{displayName(row)}</bdi>
            </span>
            {calling && row.handoff ? (
              <WaitRing since={row.handoff.requested_at} missed={missed} word={missed ? 'Missed' : ''} />
            ) : row.silent_since && row.agent?.id === me ? (
              <WaitRing since={row.silent_since} missed={false} word="Waits for you" />
            ) : (
              <When at={row.last_at} />
            )}
          </span>
          <span className={css.rowText}>
            <LastLine row={row} me={me} />
            {unread ? <span className={css.unread} role="img" aria-label="Unread" /> : null}
          </span>
          <span className={css.rowFoot}>
            {row.lead ? <TierChip tier={row.lead.tier} reason={row.lead.top_reason} /> : <span />}
            <HolderMark row={row} me={me} />
          </span>
        </span>
      </a>
    </li>
  );
});

function When({ at }: { at: string }) {
  const now = useNow(20_000);
  return (
    <time className={css.when} dateTime={at} title={full(at)}>
      {ago(at, now)}
    </time>
  );
}

function LastLine({ row, me }: { row: Summary; me: string | null }) {
  const before = row.last_author === 'bot' ? 'Bot: ' : row.last_author === 'agent' ? (row.agent?.id === me ? 'You: ' : '') : '';
  return (
    <span className={css.lastLine}>
      {before}
      <bdi>{row.last_text === '' ? 'No message yet' : row.last_text}</bdi>
    </span>
  );
}

function HolderMark({ row, me }: { row: Summary; me: string | null }) {
  if (row.holder === 'bot') return <Mark label="The assistant is answering" Icon={IconRobot} />;
  if (row.holder === 'closed') return <Mark label="Closed" Icon={IconLock} />;
  if (row.holder !== 'agent' || !row.agent) return null;
  const mine = row.agent.id === me;
  return (
    <span className={css.holder} title={mine ? 'You are answering' : `${row.agent.name} is answering`}>
      <Face name={row.agent.name} kind="agent" size={20} />
      <span className="sr">{mine ? 'You' : row.agent.name}</span>
    </span>
  );
}

function Mark({ label, Icon }: { label: string; Icon: typeof IconRobot }) {
  return (
    <span className={css.holder} title={label}>
      <Icon size={16} stroke={1.6} aria-hidden />
      <span className="sr">{label}</span>
    </span>
  );
}
