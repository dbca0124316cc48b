/** Something read from the hub when a page opens, and read again on demand; a session that has ended shows the sign-in. */
import { useCallback, useEffect, useState } from 'react';
import type { Answer } from '../../net/http.ts';
import { useDesk } from '../context.tsx';

export function useLoaded<T>(load: () => Promise<Answer<T>>): { answer: Answer<T> | null; reload: () => void } {
  const desk = useDesk();
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let stale = false;
    void load().then((next) => {
      if (stale) return;
      if (!next.ok && next.status === 401) desk.signedOut();
      setAnswer(next);
    });
    return () => {
      stale = true;
    };
  }, [load, desk, round]);
  return { answer, reload: useCallback(() => setRound((before) => before + 1), []) };
}
