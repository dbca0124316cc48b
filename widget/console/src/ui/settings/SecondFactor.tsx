/** The second factor: whether it is on, setting it up in three steps, new recovery codes, switching it off. */
import { Button, Modal } from '@mantine/core';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import type { Account } from '@handraise/protocol';
import { useState } from 'react';
import { useServices } from '../context.tsx';
import { AskCode } from './AskCode.tsx';
import { Codes } from './Codes.tsx';
import { SetUp } from './SetUp.tsx';
import { say } from './say.ts';
import css from './settings.module.css';

type Doing = 'set_up' | 'codes' | 'off' | null;

const TITLES = { set_up: 'Set up the second factor', codes: 'New recovery codes', off: 'Switch the second factor off' } as const;

export function SecondFactor({ account, onChange }: { account: Account; onChange: () => void }) {
  const [doing, setDoing] = useState<Doing>(null);
  const close = () => {
    setDoing(null);
    onChange();
  };
  const on = account.second_factor;
  return (
    <section className={css.panel} aria-labelledby="factor">
      <h2 id="factor" className={css.panelTitle}>
        Second factor
        <span className={on ? css.stateOn : css.stateOff}>
          {on ? <IconShieldCheck size={16} aria-hidden /> : <IconShieldOff size={16} aria-hidden />}
          {on ? 'On' : 'Off'}
        </span>
      </h2>
      <p className={css.text}>
        {on
          ? `After your password you type a code from your authenticator app. ${left(account.codes_left)}`
          : 'With an authenticator app on your phone nobody gets in with your password alone.'}
      </p>
      <div className={css.acts}>
        {on ? (
          <>
            <Button variant="default" onClick={() => setDoing('codes')}>
              New recovery codes
            </Button>
            <Button variant="subtle" color="red" onClick={() => setDoing('off')}>
              Switch off
            </Button>
          </>
        ) : (
          <Button onClick={() => setDoing('set_up')}>Set up</Button>
        )}
      </div>
      <Modal
        opened={doing !== null}
        onClose={close}
        title={doing === null ? '' : TITLES[doing]}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {doing === 'set_up' ? <SetUp password={account.password} onDone={close} /> : null}
        {doing === 'codes' ? <NewCodes onDone={close} /> : null}
        {doing === 'off' ? <Off required={account.required} onDone={close} /> : null}
      </Modal>
    </section>
  );
}

function NewCodes({ onDone }: { onDone: () => void }) {
  const { account } = useServices();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const ask = async (code: string) => {
    const answer = await account.newCodes(code);
    if (answer.ok) setCodes(answer.value.codes);
    return answer.ok ? null : answer.message;
  };
  if (codes) return <Codes codes={codes} onDone={onDone} />;
  return <AskCode text="The old recovery codes stop working as soon as you have new ones." label="Make new codes" onCode={ask} />;
}

function Off({ required, onDone }: { required: boolean; onDone: () => void }) {
  const { account, desk } = useServices();
  const ask = async (code: string) => {
    const answer = await account.switchOff(code);
    if (!answer.ok) return answer.message;
    say('The second factor is off.');
    onDone();
    // Whoever needs one is asked to set up a new one at once.
    if (required) void desk.start();
    return null;
  };
  const text = required
    ? 'Your role needs a second factor, so you will be asked to set up a new one at once.'
    : 'From then on your password alone lets you in.';
  return <AskCode text={text} label="Switch off" danger onCode={ask} />;
}

function left(codes: number): string {
  if (codes === 0) return 'No recovery code is left: make new ones.';
  return codes === 1 ? 'One recovery code is left.' : `${String(codes)} recovery codes are left.`;
}
