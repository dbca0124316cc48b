/** The menu of the header: sound, transcript, start over, take back consent, forget me. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import type { Conversation } from '../conversation.ts';
import { playTone, unlockSound } from '../sound.ts';
import type { Purpose } from '../withdrawal.ts';
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
    <div
      ref={box}
      class="menu"
      role={asking === null ? 'menu' : 'dialog'}
      aria-label={asking === null ? texts.menu : texts[asking]}
      onKeyDown={(event) => onKey(event, box.current, done)}
    >
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
          <button type="button" role="menuitem" disabled={conversation.state === null} onClick={() => ask('withdraw')}>
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
    <Ask text={failed ? texts.start_over_failed : texts.start_over_ask} leave={texts.cancel} done={done}>
      <button type="button" class="primary" onClick={() => void restart()}>
        {texts.start_over}
      </button>
    </Ask>
  );
}

function Withdraw({ app, done }: { app: App; done: () => void }) {
  const { texts } = app;
  const [said, say] = useState<string | null>(null);
  const { site } = app.session.conversation;
  const withdraw = async (...purposes: Purpose[]) => {
    const done = purposes.includes('marketing') ? texts.withdrawn_offers : texts.withdrawn;
    say({ done, nothing: texts.withdrawn_nothing, waiting: texts.withdraw_waiting }[await app.session.withdraw(...purposes)]);
  };
  const button = (label: string, kind: string, ...purposes: Purpose[]) => (
    <button type="button" class={kind} onClick={() => void withdraw(...purposes)}>
      {label}
    </button>
  );
  return (
    <Ask text={said ?? texts.withdraw_ask} leave={said === null ? texts.cancel : texts.close_menu} done={done}>
      {said === null && button(texts.withdraw_do, 'primary', 'contact')}
      {said === null && site?.chat_consent && button(texts.withdraw_all, 'secondary', 'contact', 'chat')}
      {said === null && site?.marketing_text && button(texts.withdraw_offers, 'secondary', 'marketing')}
    </Ask>
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
    <Ask text={texts.forget_ask} leave={texts.cancel} done={done}>
      <button type="button" class="primary grave" onClick={forget}>
        {texts.forget_do}
      </button>
    </Ask>
  );
}

interface AskProps {
  text: string;
  /** What the button says that does nothing. */
  leave: string;
  done: () => void;
  children: ComponentChildren;
}

/** A question before something is done, in place of the menu. */
function Ask({ text, leave, done, children }: AskProps) {
  return (
    <div class="ask">
      <p role="status">{text}</p>
      <div class="actions">
        {children}
        <button type="button" class="secondary" onClick={done}>
          {leave}
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
  const buttons = [...(box?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  buttons[next % buttons.length]?.focus();
}
