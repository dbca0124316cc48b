/** The draft of one conversation, kept in the tab, and the word to the visitor that somebody is typing. */
import { useEffect, useRef, useState } from 'react';
import { readDraft, saveDraft } from '../../core/keep.ts';
import { useDesk, useServices } from '../context.tsx';

/** Sent to the window with the conversation's id when a draft was changed from outside of the composer. */
export const DRAFT_CHANGED = 'handraise:draft';

export function useDraft(id: string): [string, (text: string) => void] {
  const { tab } = useServices();
  const [text, setText] = useState(() => readDraft(tab, id));
  useEffect(() => {
    const reread = (event: Event) => {
      if (event instanceof CustomEvent && event.detail === id) setText(readDraft(tab, id));
    };
    addEventListener(DRAFT_CHANGED, reread);
    return () => removeEventListener(DRAFT_CHANGED, reread);
  }, [tab, id]);
  const change = (next: string) => {
    setText(next);
    saveDraft(tab, id, next);
  };
  return [text, change];
}

const REPEAT_MS = 3000;
const IDLE_MS = 4000;

/** Call `typed` at every stroke, `done` when the line is sent or the field is left. */
export function useTyping(id: string): { typed: () => void; done: () => void } {
  const desk = useDesk();
  const said = useRef(0);
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const done = () => {
    clearTimeout(idle.current);
    if (said.current > 0) desk.typing(id, false);
    said.current = 0;
  };
  const typed = () => {
    clearTimeout(idle.current);
    idle.current = setTimeout(done, IDLE_MS);
    if (Date.now() - said.current < REPEAT_MS) return;
    said.current = Date.now();
    desk.typing(id, true);
  };
  useEffect(
    () => () => {
      clearTimeout(idle.current);
      if (said.current > 0) desk.typing(id, false);
    },
    [desk, id],
  );
  return { typed, done };
}
