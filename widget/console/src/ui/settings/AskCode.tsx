/** A code of the second factor, asked for before something that a stolen session must not do. */
import { Button, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import css from './settings.module.css';

interface AskCodeProps {
  text: string;
  label: string;
  danger?: boolean;
  /** Null when it worked, otherwise what is wrong. */
  onCode: (code: string) => Promise<string | null>;
}

export function AskCode({ text, label, danger = false, onCode }: AskCodeProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get('code') ?? '');
    setBusy(true);
    setProblem(await onCode(code.trim()));
    setBusy(false);
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <p className={css.text}>{text}</p>
      <TextInput
        name="code"
        label="Code from your app, or a recovery code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
        data-autofocus
        error={problem}
        errorProps={{ role: 'alert' }}
      />
      <Button type="submit" loading={busy} color={danger ? 'red' : 'brand'} className={css.act}>
        {label}
      </Button>
    </form>
  );
}
