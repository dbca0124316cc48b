/** Inviting somebody: name, address, role; then the link to give them, which works once. */
import { Button, Radio, Stack, TextInput } from '@mantine/core';
import type { Link, Role } from '@handraise/protocol';
import { useState, type SubmitEvent } from 'react';
import { full } from '../../core/format.ts';
import { ROLES } from '../../core/permissions.ts';
import { useServices } from '../context.tsx';
import { Shown } from './Shown.tsx';
import css from './settings.module.css';

export function Invite({ onInvited }: { onInvited: (link: Link) => void }) {
  const { account } = useServices();
  const [role, setRole] = useState<Role>('agent');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    const answer = await account.invite(String(fields.get('email') ?? '').trim(), String(fields.get('name') ?? '').trim(), role);
    setBusy(false);
    if (answer.ok) onInvited(answer.value);
    else setProblem(answer.message);
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <TextInput name="name" label="Name" description="Visitors see it" required withAsterisk={false} maxLength={120} data-autofocus />
      <TextInput
        name="email"
        type="email"
        label="E-mail"
        required
        withAsterisk={false}
        error={problem}
        errorProps={{ role: 'alert' }}
        autoComplete="off"
      />
      <Radio.Group label="Role" value={role} onChange={(value) => setRole(value as Role)}>
        <Stack gap="xs" mt={4}>
          {(Object.keys(ROLES) as Role[]).map((one) => (
            <Radio key={one} value={one} label={ROLES[one].name} description={ROLES[one].can} color="brand" />
          ))}
        </Stack>
      </Radio.Group>
      <Button type="submit" loading={busy} className={css.act}>
        Make the link
      </Button>
    </form>
  );
}

export function LinkToGive({ link, onDone }: { link: Link; onDone: () => void }) {
  return (
    <div className={css.form}>
      <p className={css.text}>
        With it <bdi>{link.name}</bdi> chooses a password. It works once, until {full(link.expires_at)}. Whoever has it can come in, so send
        it to nobody else.
      </p>
      <Shown label={`Link for ${link.email}`} value={link.address} />
      <Button onClick={onDone} className={css.act}>
        Done
      </Button>
    </div>
  );
}
