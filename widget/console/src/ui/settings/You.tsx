/** One's own account: password, second factor, and where one is signed in. */
import { Button, PasswordInput, Skeleton } from '@mantine/core';
import { IconDeviceDesktop } from '@tabler/icons-react';
import type { Account, SessionRow } from '@handraise/protocol';
import { useState, type SubmitEvent } from 'react';
import { browserName } from '../../core/browsers.ts';
import { ago, full } from '../../core/format.ts';
import { ROLES } from '../../core/permissions.ts';
import { Problem } from '../common/States.tsx';
import { useDesk, useDeskState, useServices } from '../context.tsx';
import { useNow } from '../hooks.ts';
import { NameForm } from './NameForm.tsx';
import { say, told } from './say.ts';
import { SecondFactor } from './SecondFactor.tsx';
import { useLoaded } from './useLoaded.ts';
import css from './settings.module.css';

export function You() {
  const { account } = useServices();
  const me = useDeskState((state) => state.me);
  const { answer, reload } = useLoaded(account.mine);
  if (!me) return null;
  return (
    <>
      <header className={css.head}>
        <div>
          <h1 className={css.title}>
            <bdi>{me.name}</bdi>
          </h1>
          <p className={css.lead}>
            {me.email} · {ROLES[me.role].name}
          </p>
        </div>
      </header>
      {answer === null ? <Loading /> : null}
      {answer?.ok === false ? <Problem title="Your account could not be loaded" message={answer.message} onRetry={reload} /> : null}
      {answer?.ok === true ? <Panels account={answer.value.account} reload={reload} /> : null}
    </>
  );
}

function Panels({ account, reload }: { account: Account; reload: () => void }) {
  return (
    <>
      <Name />
      <SecondFactor account={account} onChange={reload} />
      {account.password ? <Password onChange={reload} /> : null}
      <Sessions rows={account.sessions} onChange={reload} />
    </>
  );
}

function Name() {
  const desk = useDesk();
  const name = useDeskState((state) => state.me?.name ?? '');
  return (
    <section className={css.panel} aria-labelledby="name">
      <h2 id="name" className={css.panelTitle}>
        Name
      </h2>
      <NameForm
        name={name}
        label="Your name"
        act="Change name"
        onNamed={(me) => {
          desk.enter(me);
          say(`Visitors see you as ${me.name} from now on.`);
        }}
      />
    </section>
  );
}

function Password({ onChange }: { onChange: () => void }) {
  const { account } = useServices();
  const desk = useDesk();
  const email = useDeskState((state) => state.me?.email ?? '');
  const [problem, setProblem] = useState<{ field: 'old' | 'new'; message: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    setBusy(true);
    setProblem(null);
    const answer = await account.changePassword(String(fields.get('old') ?? ''), String(fields.get('new') ?? ''));
    setBusy(false);
    if (!answer.ok) {
      const field = answer.code === 'wrong_password' || answer.code === 'locked' ? 'old' : 'new';
      return setProblem({ field, message: answer.message });
    }
    form.reset();
    told(answer, 'You have a new password. You were signed out everywhere else.');
    desk.enter(answer.value.me);
    onChange();
  };
  return (
    <section className={css.panel} aria-labelledby="password">
      <h2 id="password" className={css.panelTitle}>
        Password
      </h2>
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        <input hidden readOnly autoComplete="username" value={email} />
        <PasswordInput
          name="old"
          label="Present password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          error={problem?.field === 'old' ? problem.message : null}
          errorProps={{ role: 'alert' }}
        />
        <PasswordInput
          name="new"
          label="New password"
          description="Ten characters or more; three or four words that do not belong together are best"
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
          error={problem?.field === 'new' ? problem.message : null}
          errorProps={{ role: 'alert' }}
        />
        <Button type="submit" variant="default" loading={busy} className={css.act}>
          Change password
        </Button>
      </form>
    </section>
  );
}

function Sessions({ rows, onChange }: { rows: readonly SessionRow[]; onChange: () => void }) {
  const { account } = useServices();
  const now = useNow(30_000);
  const [busy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    told(await account.endOthers(), 'You were signed out everywhere else.');
    setBusy(false);
    onChange();
  };
  return (
    <section className={css.panel} aria-labelledby="sessions">
      <h2 id="sessions" className={css.panelTitle}>
        Where you are signed in
      </h2>
      <ul className={css.sessions}>
        {rows.map((row) => (
          <li key={row.begun + row.browser}>
            <IconDeviceDesktop size={20} stroke={1.6} aria-hidden />
            <span className={css.grow}>
              {browserName(row.browser)}
              <small title={full(row.begun)}>since {full(row.begun)}</small>
            </span>
            <span className={row.own ? css.good : css.quiet}>{row.own ? 'This browser' : used(row.seen, now)}</span>
          </li>
        ))}
      </ul>
      {rows.length > 1 ? (
        <Button variant="default" loading={busy} onClick={() => void end()} className={css.act}>
          Sign out everywhere else
        </Button>
      ) : null}
    </section>
  );
}

function used(at: string, now: number): string {
  const passed = ago(at, now);
  return passed === 'now' ? 'Used just now' : `Used ${passed}${/(min|h)$/.test(passed) ? ' ago' : ''}`;
}

function Loading() {
  return (
    <div role="status" aria-label="Loading">
      {[0, 1, 2].map((row) => (
        <Skeleton key={row} height={110} radius="lg" mb="md" />
      ))}
    </div>
  );
}
