/** The inbox: list, conversation and lead card; on a phone one of them at a time. */
import { IconInbox } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Empty } from '../common/States.tsx';
import { useDesk } from '../context.tsx';
import { useIsPhone, useIsWide } from '../hooks.ts';
import { LeadPane } from '../lead/LeadPane.tsx';
import { TalkPane } from '../talk/TalkPane.tsx';
import { InboxList } from './InboxList.tsx';
import css from './inbox.module.css';

export function InboxPage({ id, panel }: { id: string | null; panel: 'talk' | 'lead' }) {
  const desk = useDesk();
  const phone = useIsPhone();
  const wide = useIsWide();
  useEffect(() => {
    void desk.show(id);
  }, [desk, id]);
  useEffect(() => () => void desk.show(null), [desk]);

  const showList = !phone || id === null;
  const showLead = id !== null && (wide || panel === 'lead');
  const showTalk = !phone || (id !== null && !showLead);
  const LeadBox = phone ? 'main' : 'aside';
  return (
    <div className={css.page}>
      {showList ? <InboxList openId={id} as={phone ? 'main' : 'section'} /> : null}
      {showTalk ? <main className={css.talk}>{id === null ? <Nothing /> : <TalkPane key={id} id={id} />}</main> : null}
      {showLead ? (
        <LeadBox className={css.lead} data-over={!wide && !phone} aria-label="Lead">
          <LeadPane key={id} id={id} closable={!wide} />
        </LeadBox>
      ) : null}
    </div>
  );
}

function Nothing() {
  return (
    <div className={css.nothing}>
      <Empty Icon={IconInbox} title="Choose a conversation">
        Pick one from the list, or press <kbd>J</kbd> and <kbd>K</kbd> to go through it. <kbd>?</kbd> shows every key.
      </Empty>
    </div>
  );
}
