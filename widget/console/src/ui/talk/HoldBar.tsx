/** Above the composer: who holds the conversation, and the one thing to do next. */
import { Button } from '@mantine/core';
import type { LeadCard } from '@handraise/protocol';
import { IconBellRinging, IconLock, IconMail, IconMessages, IconRobot, IconUser } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { mailto } from '../../core/format.ts';
import type { Hold } from '../../core/hold.ts';
import { WaitRing } from '../common/WaitRing.tsx';
import { useDesk, useDeskState } from '../context.tsx';
import css from './composer.module.css';

const ICONS = { bot: IconRobot, queue: IconBellRinging, mine: IconMessages, other: IconUser, closed: IconLock } as const;

export function HoldBar({ id, hold, lead }: { id: string; hold: Hold; lead: LeadCard | null }) {
  const online = useDeskState((state) => state.link === 'online');
  const handoff = useDeskState((state) => state.inbox[id]?.handoff);
  const silent = useDeskState((state) => (hold.kind === 'mine' ? (state.inbox[id]?.silent_since ?? null) : null));
  const Icon = ICONS[hold.kind];
  const waits =
    hold.kind !== 'mine' &&
    hold.kind !== 'closed' &&
    handoff &&
    (handoff.state === 'ringing' || handoff.state === 'requested' || handoff.state === 'missed');
  return (
    <div className={css.hold} data-kind={hold.kind} data-silent={silent !== null}>
      <span className={css.holdWho}>
        <Icon size={18} stroke={1.7} aria-hidden />
        <span className={css.holdText} dir="auto">
          {silent === null ? hold.text : 'The visitor was told that you are slow to answer'}
        </span>
      </span>
      {silent === null ? null : <WaitRing since={silent} />}
      {waits ? <WaitRing since={handoff.requested_at} missed={handoff.state === 'missed'} /> : null}
      <span className={css.holdButtons}>
        {hold.kind === 'mine' ? <Mine id={id} online={online} /> : null}
        {hold.primary ? <Take id={id} label={hold.primary === 'accept' ? 'Accept' : 'Take over'} online={online} /> : null}
        {hold.kind === 'closed' && lead?.email ? (
          <Button component="a" href={mailto(lead.email)} size="compact-md" leftSection={<IconMail size={16} />}>
            Write an e-mail
          </Button>
        ) : null}
      </span>
    </div>
  );
}

function Take({ id, label, online }: { id: string; label: string; online: boolean }) {
  const desk = useDesk();
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    await desk.accept(id);
    setBusy(false);
  };
  return (
    <Button size="compact-md" loading={busy} disabled={!online} data-accept onClick={() => void take()} className={css.primary}>
      {label}
    </Button>
  );
}

const UNDO_MS = 5000;

/** Handing back can be taken back by taking over; closing waits a moment for an undo. */
function Mine({ id, online }: { id: string; online: boolean }) {
  const desk = useDesk();
  const [closing, setClosing] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const closeNow = useRef(() => void desk.close(id));
  useEffect(
    () => () => {
      if (timer.current === undefined) return;
      clearTimeout(timer.current);
      closeNow.current();
    },
    [],
  );
  const close = () => {
    setClosing(true);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setClosing(false);
      closeNow.current();
    }, UNDO_MS);
  };
  const undo = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setClosing(false);
  };
  if (closing) {
    return (
      <span className={css.closing} role="status">
        Closing in a moment
        <Button size="compact-md" variant="default" onClick={undo}>
          Undo
        </Button>
      </span>
    );
  }
  return (
    <>
      <Button size="compact-md" variant="subtle" color="gray" disabled={!online} onClick={close}>
        Close
      </Button>
      <Button size="compact-md" variant="default" disabled={!online} onClick={() => void desk.handBack(id)}>
        Hand back
      </Button>
    </>
  );
}
