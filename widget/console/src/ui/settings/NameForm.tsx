/** The name under which visitors meet somebody. */
import { Button, TextInput } from '@mantine/core';
import type { Me } from '@handraise/protocol';
import { useState, type SubmitEvent } from 'react';
import { useServices } from '../context.tsx';
import css from './settings.module.css';

interface NameFormProps {
  name: string;
  label: string;
  act: string;
  /** The first thing on its page. */
  first?: boolean;
  onNamed: (me: Me) => void;
}

export function NameForm({ name, label, act, first = false, onNamed }: NameFormProps) {
  const { account } = useServices();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    setBusy(true);
    const answer = await account.rename(wanted);
    setBusy(false);
    setProblem(answer.ok ? null : answer.message);
    if (answer.ok) onNamed(answer.value.me);
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        name="name"
        label={label}
        description="Visitors read it when you join their chat"
        defaultValue={name}
        autoComplete="name"
        required
        withAsterisk={false}
        maxLength={120}
        autoFocus={first}
        error={problem}
        errorProps={{ role: 'alert' }}
      />
      <Button type="submit" loading={busy} variant={first ? 'filled' : 'default'} className={css.act}>
        {act}
      </Button>
    </form>
  );
}
