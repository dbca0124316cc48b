/** Whether the audit log is whole, in plain words: each row holds the hash of the one before, so nothing in it can be changed unseen. */
import { Button, Loader } from '@mantine/core';
import { IconRefresh, IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import type { AuditChain } from '@handraise/protocol';
import { useState } from 'react';
import { useServices } from '../../context.tsx';
import { useLoaded } from '../useLoaded.ts';
import own from './audit.module.css';

export function Chain() {
  const { audit } = useServices();
  const [round, setRound] = useState(0);
  return <Checked key={round} check={audit.chain} onAgain={() => setRound(round + 1)} />;
}

function Checked({ check, onAgain }: { check: Parameters<typeof useLoaded<AuditChain>>[0]; onAgain: () => void }) {
  const { answer } = useLoaded(check);
  const state = answer === null ? 'checking' : !answer.ok ? 'unknown' : answer.value.whole ? 'whole' : 'broken';
  return (
    <section className={own.chain} data-state={state} aria-label="Whether the log is whole">
      <span className={own.shield} aria-hidden>
        {state === 'checking' ? <Loader size={20} color="brand" /> : state === 'whole' ? <IconShieldCheck /> : <IconShieldX />}
      </span>
      <div className={own.verdict} role={state === 'broken' || state === 'unknown' ? 'alert' : 'status'}>
        {answer === null ? <b>Every row is being checked …</b> : null}
        {answer?.ok === false ? (
          <>
            <b>Whether the log is whole could not be checked</b>
            <span>{answer.message}</span>
          </>
        ) : null}
        {answer?.ok ? <Verdict chain={answer.value} /> : null}
      </div>
      {answer === null ? null : (
        <Button variant="default" size="xs" leftSection={<IconRefresh size={14} />} onClick={onAgain}>
          Check again
        </Button>
      )}
    </section>
  );
}

function Verdict({ chain }: { chain: AuditChain }) {
  if (!chain.whole) {
    return (
      <>
        <b>Row {chain.broken} of the log is not as it was written</b>
        <span>
          What is wrong with it: {chain.reason}. Somebody has written to the table past Handraise, or a backup was mixed with another
          database. Compare it with a file that you saved earlier.
        </span>
      </>
    );
  }
  return (
    <>
      <b>The log is whole</b>
      <span>
        {chain.rows === 1 ? 'Its one row is' : `All ${chain.rows.toLocaleString()} rows are`} as written: none was changed, taken out or put
        in.
      </span>
      <details>
        <summary>How to notice if all of it is written anew</summary>
        Whoever can write to the database could replace the whole log. Keep the hash of the last row somewhere else from time to time; later
        the row with it must still be there: <code>{chain.last}</code>
      </details>
    </>
  );
}
