/** Three dots while somebody writes: only after 300 ms, so that a quick answer does not flicker. */
import { useEffect, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import type { Conversation } from '../conversation.ts';
import { fill } from '../language.ts';
import { Face } from './Face.tsx';

const DELAY = 300;

interface Props {
  app: App;
  typing: Conversation['typing'];
  shown: () => void;
}

export function Typing({ app, typing, shown }: Props) {
  const [visible, setVisible] = useState(false);
  const active = typing !== null;
  useEffect(() => {
    if (!active) {
      setVisible(false);
      return undefined;
    }
    const timer = setTimeout(() => setVisible(true), DELAY);
    return () => clearTimeout(timer);
  }, [active]);
  useEffect(() => {
    if (visible) shown();
  }, [visible, shown]);
  if (typing === null || !visible) return null;
  const name = typing.name ?? (typing.who === 'bot' ? app.assistant : app.texts.agent);
  return (
    <div class={`group ${typing.who}`}>
      <Face person={typing.who === 'agent' ? name : null} small />
      <div class="bubble dots" role="img" aria-label={fill(app.texts.typing, { name })}>
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}
