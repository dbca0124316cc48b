/** One conversation: its head, its lines, and the composer. */
import { Skeleton } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useEffect } from 'react';
import { lastSeq } from '../../core/log.ts';
import { Empty, Problem } from '../common/States.tsx';
import { useDesk, useDeskState } from '../context.tsx';
import { Composer } from './Composer.tsx';
import { TalkHead } from './TalkHead.tsx';
import { Transcript } from './Transcript.tsx';
import css from './talk.module.css';

export function TalkPane({ id }: { id: string }) {
  const desk = useDesk();
  const talk = useDeskState((state) => state.talks[id]);
  const last = talk ? lastSeq(talk.log) : 0;
  useSeen(id, last);

  if (talk?.status === 'erased') {
    return (
      <div className={css.pane} role="status">
        <TalkHead id={id} />
        <Empty Icon={IconEraser} title="This chat was deleted">
          The visitor was forgotten: nothing of the chat and of what was noted from it is kept, nor what you were writing.
        </Empty>
      </div>
    );
  }
  if (talk?.status === 'failed') {
    return (
      <div className={css.pane}>
        <TalkHead id={id} />
        <Problem title="This conversation cannot be shown" message={talk.problem ?? ''} onRetry={() => void desk.open(id)} />
      </div>
    );
  }
  if (!talk?.state) {
    return (
      <div className={css.pane} aria-busy="true">
        <TalkHead id={id} />
        <Loading />
      </div>
    );
  }
  return (
    <div className={css.pane}>
      <TalkHead id={id} />
      <Transcript id={id} talk={talk} />
      <Composer id={id} state={talk.state} lead={talk.lead} />
    </div>
  );
}

/** On screen means: this conversation is open, and the window is being looked at. */
function useSeen(id: string, last: number): void {
  const desk = useDesk();
  useEffect(() => {
    const mark = () => {
      if (document.visibilityState === 'visible' && document.hasFocus() && last > 0) desk.seen(id);
    };
    mark();
    addEventListener('focus', mark);
    document.addEventListener('visibilitychange', mark);
    return () => {
      removeEventListener('focus', mark);
      document.removeEventListener('visibilitychange', mark);
    };
  }, [desk, id, last]);
}

function Loading() {
  return (
    <div className={css.loading}>
      <Skeleton height={38} width="45%" radius="lg" />
      <Skeleton height={56} width="60%" radius="lg" className={css.loadingEnd} />
      <Skeleton height={38} width="30%" radius="lg" />
    </div>
  );
}
