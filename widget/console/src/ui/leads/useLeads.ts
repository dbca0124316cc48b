/** One page of leads from the hub; the last one stays while the next is on its way, and a change in the inbox reads it again. */
import type { LeadsPage } from '@handraise/protocol';
import { useEffect, useState } from 'react';
import type { LeadsQuery } from '../../net/api.ts';
import type { Answer } from '../../net/http.ts';
import { useDesk, useDeskState, useServices } from '../context.tsx';

export function useLeads({ tier, stage, q, number }: LeadsQuery): {
  answer: Answer<LeadsPage> | null;
  loading: boolean;
  retry: () => void;
} {
  const { api } = useServices();
  const desk = useDesk();
  const [answer, setAnswer] = useState<Answer<LeadsPage> | null>(null);
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const changed = useDeskState((state) =>
    Object.values(state.inbox).reduce((sum, row) => sum + (row.lead?.score ?? 0) + (row.name ? 1 : 0), 0),
  );
  useEffect(() => {
    const stop = new AbortController();
    // Several changes at once are one reading.
    const timer = setTimeout(() => void load(), round === 0 && changed === 0 ? 0 : 150);
    const load = async () => {
      setLoading(true);
      const next = await api.leads({ tier, stage, q, number }, stop.signal);
      if (stop.signal.aborted) return;
      if (!next.ok && next.status === 401) desk.signedOut();
      setAnswer(next);
      setLoading(false);
    };
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [api, desk, tier, stage, q, number, round, changed]);
  return { answer, loading, retry: () => setRound(round + 1) };
}
