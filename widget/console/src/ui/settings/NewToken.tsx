/** A new token: what it is for, what it may do, how long; then the token itself, shown this once. */
import { Button, Checkbox, Select, Stack, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { SCOPES } from '../../core/permissions.ts';
import { useServices } from '../context.tsx';
import { Shown } from './Shown.tsx';
import css from './settings.module.css';

const DAYS = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'Until it is removed' },
];

export function NewToken({ onDone }: { onDone: () => void }) {
  const { account } = useServices();
  const [scopes, setScopes] = useState<string[]>(['leads:read']);
  const [days, setDays] = useState('90');
  const [problem, setProblem] = useState<string | null>(null);
  const [token, setToken] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (scopes.length === 0) return setProblem('Choose at least one thing that it may do.');
    setBusy(true);
    const answer = await account.makeToken({ name, scopes, days: days === '' ? null : Number(days) });
    setBusy(false);
    if (answer.ok) setToken(answer.value.token);
    else setProblem(answer.message);
  };
  if (token !== null) {
    return (
      <div className={css.form}>
        <p className={css.text}>This is the only time that you see it. Put it where the program keeps its secrets.</p>
        <Shown label="Token" value={token} />
        <p className={css.spell}>
          The program sends it as a header: <code>Authorization: Bearer hr_…</code>
        </p>
        <Button onClick={onDone} className={css.act}>
          Done
        </Button>
      </div>
    );
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <TextInput
        name="name"
        label="Name"
        description="What it is for, e.g. CRM"
        required
        withAsterisk={false}
        maxLength={120}
        data-autofocus
      />
      <Checkbox.Group label="It may" value={scopes} onChange={setScopes} error={problem} errorProps={{ role: 'alert' }}>
        <Stack gap="xs" mt={4} mb={4}>
          {Object.entries(SCOPES).map(([scope, words]) => (
            <Checkbox key={scope} value={scope} label={words} color="brand" />
          ))}
        </Stack>
      </Checkbox.Group>
      <Select label="Good for" data={DAYS} value={days} onChange={(value) => setDays(value ?? '')} allowDeselect={false} />
      <Button type="submit" loading={busy} className={css.act}>
        Make the token
      </Button>
    </form>
  );
}
