/** The call itself: who waits, why they matter, Accept or Later. It never takes the keyboard away from somebody who writes. */
import { Button, Kbd } from '@mantine/core';
import type { Summary } from '@handraise/protocol';
import { IconBellRinging } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { points } from '../../core/format.ts';
import { displayName } from '../../core/names.ts';
import { topReasons } from '../../core/receipt.ts';
import type { Ring } from '../../core/ring.ts';
import { CALL_REASONS } from '../../core/story.ts';
import { Face } from '../common/Face.tsx';
import { TierChip } from '../common/TierChip.tsx';
import { WaitRing } from '../common/WaitRing.tsx';
import { useDesk, useDeskState } from '../context.tsx';
import { go, toInbox, useIsPhone } from '../hooks.ts';
import { useRings } from './useAlarm.ts';
import css from './ring.module.css';

export function RingPanel() {
  const rings = useRings();
  const first = rings[0];
  return first ? <Call key={first.handoffId} ring={first} others={rings.length - 1} /> : null;
}

function Call({ ring, others }: { ring: Ring; others: number }) {
  const desk = useDesk();
  const { summary } = ring;
  const id = summary.conversation_id;
  const phone = useIsPhone();
  const [busy, setBusy] = useState(false);
  useEffect(() => void desk.peek(id), [desk, id]);
  const accept = async () => {
    setBusy(true);
    if (await desk.accept(id)) go(toInbox(id));
    setBusy(false);
  };
  const missed = summary.handoff?.state === 'missed';
  return (
    <section className={css.panel} role="alert" aria-label="Somebody is waiting" data-ring={id}>
      <header className={css.panelHead}>
        <IconBellRinging size={18} aria-hidden className={css.bell} />
        <strong>{missed ? 'Missed, still here' : (CALL_REASONS[summary.handoff?.reason ?? ''] ?? 'Wants a person')}</strong>
        {summary.handoff ? <WaitRing since={summary.handoff.requested_at} missed={missed} /> : null}
      </header>
      <div className={css.panelWho}>
        <Face name={summary.name} kind="visitor" size={44} online={summary.visitor_online} />
        <div className={css.panelNames}>
          <h2>
            <bdi>{displayName(summary)}</bdi>
          </h2>
          <p>
            {summary.lead ? <TierChip tier={summary.lead.tier} /> : null}
            {summary.lead ? <span className="numbers">{summary.lead.score} points</span> : null}
            {summary.company && summary.name ? (
              <span dir="auto" className={css.panelCompany}>
                {summary.company}
              </span>
            ) : null}
          </p>
        </div>
      </div>
      <Reasons summary={summary} />
      <div className={css.panelButtons}>
        <Button variant="default" size="md" onClick={() => desk.later(id)}>
          Later
        </Button>
        <Button size="md" loading={busy} onClick={() => void accept()} rightSection={phone ? null : <Kbd className={css.key}>A</Kbd>}>
          Accept
        </Button>
      </div>
      {others > 0 ? (
        <p className={css.others}>{others === 1 ? 'One more person is waiting' : `${String(others)} more people are waiting`}</p>
      ) : null}
    </section>
  );
}

function Reasons({ summary }: { summary: Summary }) {
  const lead = useDeskState((state) => state.talks[summary.conversation_id]?.lead ?? null);
  const reasons = topReasons(lead, 3);
  if (reasons.length === 0) {
    const text = summary.lead?.top_reason ?? summary.last_text;
    return text ? (
      <p className={css.panelText} dir="auto">
        {text}
      </p>
    ) : null;
  }
  return (
    <ul className={css.reasons}>
      {reasons.map((entry, i) => (
        <li key={i}>
          <span dir="auto">{entry.sentence}</span>
          <b dir="ltr">{points(entry.points)}</b>
        </li>
      ))}
    </ul>
  );
}
