/** Setting up the second factor: one's password, the QR code with the first code, then the recovery codes. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import type { Setup } from '@handraise/protocol';
import { useState, type SubmitEvent } from 'react';
import { useDeskState, useServices } from '../context.tsx';
import { Codes } from './Codes.tsx';
import css from './settings.module.css';

export function SetUp({ password, onDone }: { password: boolean; onDone: () => void }) {
  const { account } = useServices();
  const [setup, setSetup] = useState<Setup | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const word = String(new FormData(event.currentTarget).get('word') ?? '');
    setBusy(true);
    const failed = setup ? await confirm(word.trim()) : await begin(word);
    setBusy(false);
    setProblem(failed);
  };
  const begin = async (word: string) => {
    const answer = await account.setUp(word);
    if (answer.ok) setSetup(answer.value);
    return answer.ok ? null : answer.message;
  };
  const confirm = async (code: string) => {
    const answer = await account.confirm(code);
    if (answer.ok) setCodes(answer.value.codes);
    return answer.ok ? null : answer.message;
  };

  if (codes) return <Codes codes={codes} onDone={onDone} />;
  return (
    <form key={setup ? 'code' : 'password'} className={css.form} onSubmit={(event) => void submit(event)}>
      {setup ? <Scan setup={setup} problem={problem} /> : <Who password={password} problem={problem} />}
      <Button type="submit" loading={busy} className={css.act}>
        {setup ? 'Switch on' : 'Next'}
      </Button>
    </form>
  );
}

function Who({ password, problem }: { password: boolean; problem: string | null }) {
  const email = useDeskState((state) => state.me?.email ?? '');
  return (
    <>
      <p className={css.text}>
        You need an authenticator app on your phone, for example Aegis, 2FAS, Google Authenticator or the one in your password manager.
      </p>
      <input hidden readOnly autoComplete="username" value={email} />
      {password ? (
        <PasswordInput
          name="word"
          label="Your password, to be sure it is you"
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          error={problem}
          errorProps={{ role: 'alert' }}
        />
      ) : null}
      {!password && problem !== null ? <p role="alert">{problem}</p> : null}
    </>
  );
}

function Scan({ setup, problem }: { setup: Setup; problem: string | null }) {
  return (
    <>
      <p className={css.text}>Scan this picture with the app, then type the six digits that it shows.</p>
      <img className={css.qr} src={setup.picture} alt="QR code for your authenticator app" />
      <p className={css.spell}>
        No camera? Type this key instead: <code>{(setup.secret.match(/.{1,4}/g) ?? []).join(' ')}</code>
      </p>
      <TextInput
        name="word"
        label="Code"
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        withAsterisk={false}
        autoFocus
        error={problem}
        errorProps={{ role: 'alert' }}
      />
    </>
  );
}
