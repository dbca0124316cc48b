/** Correct one answer in one's own words; the hub reads them and scores again. */
import { Button, TextInput } from '@mantine/core';
import type { Answer } from '@handraise/protocol';
import { useState, type KeyboardEvent, type SubmitEvent } from 'react';
import { useDesk } from '../context.tsx';
import css from './answers.module.css';

export function Correct({ id, answer, onDone }: { id: string; answer: Answer; onDone: () => void }) {
  const desk = useDesk();
  const [text, setText] = useState(answer.status === 'known' ? answer.text || answer.said || '' : '');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() === '') return onDone();
    setBusy(true);
    const wrong = await desk.correct(id, answer.slot, text.trim());
    setBusy(false);
    if (wrong === null) onDone();
    else setProblem(wrong);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    onDone();
  };
  return (
    <form className={css.correct} onSubmit={(event) => void save(event)}>
      <TextInput
        aria-label={answer.label}
        autoFocus
        size="sm"
        dir="auto"
        value={text}
        error={problem}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className={css.correctButtons}>
        <Button type="submit" size="compact-sm" loading={busy}>
          Save
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
