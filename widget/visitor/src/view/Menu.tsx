/** The menu of the header: sound, transcript, start over, take back consent, forget me. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import type { Conversation } from '../conversation.ts';
import { playTone, unlockSound } from '../sound.ts';
import { Icon } from './Icon.tsx';

interface Props {
  app: App;
  conversation: Conversation;
  done: () => void;
}

export function Menu({ app, conversation, done }: Props) {
  const { texts, memory } = app;
  const [sound, setSound] = useState(memory.sound);
  const [asking, ask] = useState<'start_over' | 'withdraw' | 'forget' | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus(), [asking]);
  const toggleSound = () => {
    memory.sound = !sound;
    setSound(!sound);
    unlockSound();
    if (!sound) playTone();
  };
  return (
    <div ref={box} class="menu" role="menu" onKeyDown={(event) => onKey(event, box.current, done)}>
      {asking === 'start_over' && <StartOver app={app} done={done} />}
      {asking === 'withdraw' && <Withdraw app={app} done={done} />}
      {asking === 'forget' && <Forget app={app} done={done} />}
      {asking === null && (
        <>
          <button type="button" role="menuitemcheckbox" aria-checked={sound} onClick={toggleSound}>
            <Icon name={sound ? 'sound' : 'mute'} />
            {texts.sound}
            <span class="value">{sound ? texts.on : texts.off}</span>
          </button>
          <button
            type="button"
            role="menuitem"
            onClick={() => {
              app.download();
              done();
            }}
          >
            <Icon name="save" />
            {texts.transcript}
          </button>
          <button type="button" role="menuitem" disabled={!conversation.joined} onClick={() => ask('start_over')}>
            <Icon name="again" />
            {texts.start_over}
            {!conversation.joined && <span class="value">{texts.connecting}</span>}
          </button>
          <button type="button" role="menuitem" disabled={!conversation.joined} onClick={() => ask('withdraw')}>
            <Icon name="undo" />
            {texts.withdraw}
          </button>
          <button type="button" role="menuitem" disabled={conversation.state === null} onClick={() => ask('forget')}>
            <Icon name="erase" />
            {texts.forget}
          </button>
        </>
      )}
    </div>
  );
}

function StartOver({ app, done }: { app: App; done: () => void }) {
  const { texts } = app;
  const [failed, setFailed] = useState(false);
  const restart = async () => {
    if (await app.session.restart()) {
      done();
      app.focusComposer();
    } else setFailed(true);
  };
  return (
    <div class="ask">
      <p role="status">{failed ? texts.start_over_failed : texts.start_over_ask}</p>
      <div class="actions">
        <button type="button" class="primary" onClick={() => void restart()}>
          {texts.start_over}
        </button>
        <button type="button" class="secondary" onClick={done}>
          {texts.cancel}
        </button>
      </div>
    </div>
  );
}

function Withdraw({ app, done }: { app: App; done: () => void }) {
  const { texts } = app;
  const [said, say] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const withdraw = async () => {
    const withdrawn = await app.session.withdraw();
    say(withdrawn === null ? texts.withdraw_failed : withdrawn ? texts.withdrawn : texts.withdrawn_nothing);
    setOver(withdrawn !== null);
  };
  return (
    <div class="ask">
      <p role="status">{said ?? texts.withdraw_ask}</p>
      <div class="actions">
        {!over && (
          <button type="button" class="primary" onClick={() => void withdraw()}>
            {texts.withdraw_do}
          </button>
        )}
        <button type="button" class="secondary" onClick={done}>
          {over ? texts.close_menu : texts.cancel}
        </button>
      </div>
    </div>
  );
}

/** Also without a line: then it happens as soon as there is one. */
function Forget({ app, done }: { app: App; done: () => void }) {
  const { texts } = app;
  const forget = () => {
    app.session.forget();
    done();
  };
  return (
    <div class="ask">
      <p role="status">{texts.forget_ask}</p>
      <div class="actions">
        <button type="button" class="primary" onClick={forget}>
          {texts.forget_do}
        </button>
        <button type="button" class="secondary" onClick={done}>
          {texts.cancel}
        </button>
      </div>
    </div>
  );
}

function onKey(event: KeyboardEvent, box: HTMLElement | null, done: () => void): void {
  if (event.key === 'Escape') {
    // Only the menu closes, not the window.
    event.preventDefault();
    done();
    return;
  }
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || box === null) return;
  event.preventDefault();
  const buttons = [...box.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
