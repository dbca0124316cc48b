/** A reply that is not in the log yet: on its way, or waiting for the agent to decide. */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { readDraft, saveDraft } from '../../core/keep.ts';
import type { Pending } from '../../core/state.ts';
import { useDesk, useDeskState, useServices } from '../context.tsx';
import { DRAFT_CHANGED } from './useDraft.ts';
import css from './speech.module.css';

export function PendingLine({ id, line }: { id: string; line: Pending }) {
  const waiting = line.status === 'sending' || line.status === 'sent';
  return (
    <article className={css.speech} data-side="agent" data-first data-last data-pending={line.status}>
      <div className={css.bubble} dir="auto">
        {line.text}
      </div>
      {waiting ? (
        <span className={css.stamp}>
          <IconClock size={12} aria-hidden /> Sending
        </span>
      ) : (
        <Decide id={id} line={line} />
      )}
    </article>
  );
}

const AGAIN = { unsent: 'Try now', failed: 'Try again', newer: 'Send anyway' } as const;

const UNSENT = {
  online: 'Not sent yet. Trying again by itself.',
  offline: 'Not sent yet. It goes out when the connection is back.',
};

function Decide({ id, line }: { id: string; line: Pending }) {
  const desk = useDesk();
  const online = useDeskState((state) => state.link === 'online');
  const { tab } = useServices();
  const edit = () => {
    const text = desk.replies.takeBack(id, line.id);
    saveDraft(tab, id, [text, readDraft(tab, id)].filter(Boolean).join('\n'));
    dispatchEvent(new CustomEvent(DRAFT_CHANGED, { detail: id }));
  };
  const again = line.status === 'unsent' || line.status === 'failed' || line.status === 'newer' ? AGAIN[line.status] : 'Try again';
  return (
    <div className={css.decide} role="alert">
      <span className={css.decideText}>
        <IconAlertTriangle size={14} aria-hidden />
        {line.status === 'unsent' ? UNSENT[online ? 'online' : 'offline'] : line.problem}
      </span>
      <span className={css.decideButtons}>
        {online || line.status !== 'unsent' ? (
          <Button size="compact-xs" variant="light" onClick={() => void desk.replies.retry(id, line.id)}>
            {again}
          </Button>
        ) : null}
        <Button size="compact-xs" variant="subtle" color="gray" onClick={edit}>
          Edit
        </Button>
      </span>
    </div>
  );
}
