/** Recovery codes, shown this once: to be copied or kept as a file before one goes on. */
import { Button, Checkbox, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import css from './settings.module.css';

export function Codes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  const text = codes.join('\n');
  return (
    <div className={css.form}>
      <p className={css.text}>
        If you lose your phone, each of these codes lets you in once. They are shown only now: keep them where your phone is not.
      </p>
      <ol className={css.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className={css.acts}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
          download="handraise-recovery-codes.txt"
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          Save as a file
        </Button>
      </div>
      <Checkbox checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} label="I have kept the codes" color="brand" />
      <Button disabled={!kept} onClick={onDone} className={css.act}>
        Done
      </Button>
    </div>
  );
}
