/** The page to sign in; also after a session ended, then it says that drafts are kept. */
import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { IconClock, IconInfoCircle } from '@tabler/icons-react';
import { useState, type SubmitEvent } from 'react';
import { Mark } from '../common/Mark.tsx';
import { useDeskState, useServices } from '../context.tsx';
import { useNow } from '../hooks.ts';
import css from './signin.module.css';

export function SignIn() {
  const { api, desk } = useServices();
  const expired = useDeskState((state) => state.session === 'expired');
  const [problem, setProblem] = useState<string | null>(null);
  const [lockedUntil, setLockedUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const now = useNow(1000);
  const left = Math.max(0, Math.ceil((lockedUntil - now) / 1000));

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [email, password] = ['email', 'password'].map((name) => String(form.get(name) ?? ''));
    setBusy(true);
    setProblem(null);
    const answer = await api.login((email ?? '').trim(), password ?? '');
    setBusy(false);
    if (answer.ok) return desk.enter(answer.value.me);
    if (answer.retryAfter) setLockedUntil(Date.now() + answer.retryAfter * 1000);
    else setProblem(answer.message);
  };

  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={(event) => void submit(event)}>
        <Mark size={44} />
        <h1 className={css.title}>Sign in to Handraise</h1>
        {expired ? (
          <Alert className={css.alert} color="brand" icon={<IconInfoCircle size={18} />}>
            Your session has ended. Sign in again to go on; what you were writing is kept.
          </Alert>
        ) : null}
        {left > 0 ? <Locked left={left} until={lockedUntil} /> : null}
        <TextInput
          name="email"
          type="email"
          label="E-mail"
          autoComplete="username"
          required
          withAsterisk={false}
          size="md"
          autoFocus
          className={css.field}
        />
        <PasswordInput
          name="password"
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          className={css.field}
          error={left > 0 ? null : problem}
          errorProps={{ role: 'alert' }}
        />
        <Button type="submit" size="md" fullWidth loading={busy} disabled={left > 0} className={css.submit}>
          Sign in
        </Button>
        <p className={css.help}>No account, or the password is lost? Ask the person who runs Handraise for you.</p>
      </form>
    </main>
  );
}

function Locked({ left, until }: { left: number; until: number }) {
  const at = new Date(until).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const wait = left >= 60 ? `in ${String(Math.ceil(left / 60))} min, at ${at}` : `in ${String(left)} s`;
  return (
    <Alert className={css.alert} color="red" icon={<IconClock size={18} />} role="alert">
      Too many attempts. You can try again {wait}.
    </Alert>
  );
}
