/** The lead card of a conversation. */
import { ActionIcon, Skeleton } from '@mantine/core';
import type { LeadCard } from '@handraise/protocol';
import { IconArrowLeft, IconIdBadge2, IconX } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { Talk } from '../../core/state.ts';
import { Empty, Problem } from '../common/States.tsx';
import { useDesk, useDeskState } from '../context.tsx';
import { go, toInbox, useIsPhone } from '../hooks.ts';
import { Answers } from './Answers.tsx';
import { Consents } from './Consents.tsx';
import { Handoffs } from './Handoffs.tsx';
import { LeadHead } from './LeadHead.tsx';
import { Pages } from './Pages.tsx';
import { ScoreReceipt } from './ScoreReceipt.tsx';
import css from './lead.module.css';

export function LeadPane({ id, closable }: { id: string; closable: boolean }) {
  const talk = useDeskState((state) => state.talks[id]);
  return (
    <div className={css.pane}>
      {closable ? <Close id={id} /> : null}
      <div className={css.scroll}>
        <Inside id={id} talk={talk} />
      </div>
    </div>
  );
}

function Close({ id }: { id: string }) {
  const phone = useIsPhone();
  const close = () => go(toInbox(id));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && go(toInbox(id));
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [id]);
  return (
    <div className={css.close}>
      <ActionIcon size={phone ? 44 : 36} aria-label="Back to the conversation" onClick={close}>
        {phone ? <IconArrowLeft size={22} className="flip" /> : <IconX size={20} />}
      </ActionIcon>
      <h1>Lead</h1>
    </div>
  );
}

function Inside({ id, talk }: { id: string; talk: Talk | undefined }) {
  const desk = useDesk();
  if (talk?.status === 'failed')
    return <Problem title="The lead cannot be shown" message={talk.problem ?? ''} onRetry={() => void desk.open(id)} />;
  if (!talk?.state) return <Loading />;
  if (!talk.lead) {
    return (
      <Empty Icon={IconIdBadge2} title="No lead yet">
        As soon as the visitor says something about themselves, it is written down here.
      </Empty>
    );
  }
  return <Card id={id} lead={talk.lead} talk={talk} />;
}

function Card({ id, lead, talk }: { id: string; lead: LeadCard; talk: Talk }) {
  return (
    <>
      <LeadHead lead={lead} />
      <ScoreReceipt lead={lead} />
      <Answers id={id} lead={lead} />
      <Pages pages={lead.pages} />
      <Consents consents={lead.consents} />
      <Handoffs entries={talk.log.entries} />
    </>
  );
}

function Loading() {
  return (
    <div className={css.section} aria-busy="true" aria-label="Loading the lead">
      <Skeleton height={44} circle mb={12} />
      <Skeleton height={14} width="60%" mb={8} />
      <Skeleton height={12} width="80%" mb={28} />
      {[0, 1, 2, 3].map((i) => (
        <Skeleton key={i} height={12} mb={14} width={`${String(90 - i * 12)}%`} />
      ))}
    </div>
  );
}
