/** The page to sign in; also after a session ended, then it says that drafts are kept. With a second factor a code is asked for, also on the way back from a provider. */
import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { IconClock, IconInfoCircle } from '@tabler/icons-react';
import { useState, type SubmitEvent } from 'react';
import { Mark } from '../common/Mark.tsx';
import { useDeskState, useServices } from '../context.tsx';
import { useNow } from '../hooks.ts';
import { Elsewhere } from './Elsewhere.tsx';
import css from './signin.module.css';

interface Tried {
  email: string;
  password: string;
}

/** On the way back from the provider with a second factor of ours still to show. */
const isHalfWay = () => new URLSearchParams(location.hash.slice(1)).get('step') === 'code';

export function SignIn() {
  const { api, desk } = useServices();
  const expired = useDeskState((state) => state.session === 'expired');
  const [tried, setTried] = useState<Tried>({ email: '', password: '' });
  const [asked, setAsked] = useState<'provider' | 'password' | null>(() => (isHalfWay() ? 'provider' : null));
  const [problem, setProblem] = useState<string | null>(null);
  const [lockedUntil, setLockedUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const now = useNow(1000);
  const left = Math.max(0, Math.ceil((lockedUntil - now) / 1000));

  const startAnew = () => {
    history.replaceState(null, '', location.pathname + location.search);
    setProblem(null);
    setAsked(null);
  };

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? '');
    const words = asked === null ? { email: field('email').trim(), password: field('password') } : tried;
    const code = asked === null ? '' : field('code').trim();
    setTried(words);
    setBusy(true);
    setProblem(null);
    const answer = asked === 'provider' ? await api.providerCode(code) : await api.login(words.email, words.password, code);
    setBusy(false);
    if (answer.ok) {
      startAnew();
      return desk.enter(answer.value.me);
    }
    if (answer.code === 'code_needed') return setAsked('password');
    if (answer.code === 'provider_again' || (asked === 'password' && answer.code === 'wrong_credentials')) startAnew();
    if (answer.retryAfter) setLockedUntil(Date.now() + answer.retryAfter * 1000);
    else setProblem(answer.message);
  };

  const error = left > 0 ? null : problem;
  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={(event) => void submit(event)}>
        <Mark size={44} />
        <h1 className={css.title}>{asked ? 'One more step' : 'Sign in to Handraise'}</h1>
        {expired && !asked ? (
          <Alert className={css.alert} color="brand" icon={<IconInfoCircle size={18} />}>
            Your session has ended. Sign in again to go on; what you were writing is kept.
          </Alert>
        ) : null}
        {left > 0 ? <Locked left={left} until={lockedUntil} /> : null}
        {asked ? <CodeField error={error} /> : <PasswordFields email={tried.email} error={error} />}
        <Button type="submit" size="md" fullWidth loading={busy} disabled={left > 0} className={css.submit}>
          Sign in
        </Button>
        {asked ? (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={startAnew}>
            Back
          </Button>
        ) : (
          <Elsewhere />
        )}
        <p className={css.help}>
          {asked
            ? 'Lost both the app and the recovery codes? An administrator can switch the second factor off for you.'
            : 'No account, or the password is lost? Ask the person who runs Handraise for a link.'}
        </p>
      </form>
    </main>
  );
}

function PasswordFields({ email, error }: { email: string; error: string | null }) {
  return (
    <>
      <TextInput
        name="email"
        type="email"
        label="E-mail"
        autoComplete="username"
        defaultValue={email}
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
        error={error}
        errorProps={{ role: 'alert' }}
      />
    </>
  );
}

function CodeField({ error }: { error: string | null }) {
  return (
    <TextInput
      name="code"
      label="Code"
      description="Six digits from your authenticator app, or one of your recovery codes"
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      required
      withAsterisk={false}
      size="md"
      autoFocus
      className={css.field}
      error={error}
      errorProps={{ role: 'alert' }}
    />
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
