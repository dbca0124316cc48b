/** Where a one-time link leads: the invited choose a password, and so do those who lost theirs. */
import { Alert, Button, Loader, PasswordInput } from '@mantine/core';
import { IconLinkOff } from '@tabler/icons-react';
import type { LinkInfo } from '@handraise/protocol';
import { useEffect, useState, type SubmitEvent } from 'react';
import type { Answer } from '../../net/http.ts';
import { Mark } from '../common/Mark.tsx';
import { useServices } from '../context.tsx';
import { go, toInbox } from '../hooks.ts';
import css from './signin.module.css';

export function Welcome({ onDone }: { onDone: () => void }) {
  const { api } = useServices();
  const [token] = useState(() => location.hash.slice(1));
  const [link, setLink] = useState<Answer<LinkInfo> | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => void api.openLink(token === '' ? '-' : token).then(setLink), [api, token, round]);
  const leave = () => {
    go(toInbox(null), 'replace');
    onDone();
  };
  return (
    <main className={css.page}>
      <div className={css.card}>
        <Mark size={44} />
        {link === null ? <Loader color="brand" aria-label="Loading" /> : null}
        {link?.ok === true ? <Choose token={token} info={link.value} onDone={leave} /> : null}
        {link?.ok === false ? (
          <Failed spent={link.code === 'link_spent'} message={link.message} onRetry={() => setRound(round + 1)} onLeave={leave} />
        ) : null}
      </div>
    </main>
  );
}

function Choose({ token, info, onDone }: { token: string; info: LinkInfo; onDone: () => void }) {
  const { api, desk } = useServices();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const answer = await api.useLink(token, String(form.get('password') ?? ''));
    setBusy(false);
    if (!answer.ok) return setProblem(answer.message);
    if (answer.value.me) desk.enter(answer.value.me);
    onDone();
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <h1 className={css.title}>{info.kind === 'invite' ? `Welcome, ${info.name}` : 'Choose a new password'}</h1>
      <p className={css.text}>
        {info.kind === 'invite' ? 'Choose a password. From then on you sign in as ' : 'It is for '}
        <strong>{info.email}</strong>.{info.kind === 'reset' ? ' You will be signed out everywhere else.' : ''}
      </p>
      <input type="email" name="email" autoComplete="username" value={info.email} readOnly hidden />
      <PasswordInput
        name="password"
        label="Password"
        description="Ten characters or more. Three or four words that do not belong together are easy to remember and hard to guess."
        autoComplete="new-password"
        required
        minLength={10}
        withAsterisk={false}
        size="md"
        autoFocus
        className={css.field}
        error={problem}
        errorProps={{ role: 'alert' }}
      />
      <Button type="submit" size="md" fullWidth loading={busy}>
        {info.kind === 'invite' ? 'Start' : 'Save'}
      </Button>
    </form>
  );
}

function Failed({ spent, message, onRetry, onLeave }: { spent: boolean; message: string; onRetry: () => void; onLeave: () => void }) {
  return (
    <>
      <h1 className={css.title}>{spent ? 'This link is used up' : 'The link could not be opened'}</h1>
      <Alert className={css.alert} color={spent ? 'brand' : 'red'} icon={<IconLinkOff size={18} />} role="alert">
        {message}
      </Alert>
      {spent ? null : (
        <Button fullWidth size="md" onClick={onRetry}>
          Try again
        </Button>
      )}
      <Button variant="default" fullWidth size="md" onClick={onLeave}>
        To the sign-in
      </Button>
    </>
  );
}
