/** One page of the audit log; the last one stays while the next is on its way. */
import type { AuditPage } from '@handraise/protocol';
import { useEffect, useState } from 'react';
import { backwards, type AuditFilter } from '../../../core/audit.ts';
import type { Answer } from '../../../net/http.ts';
import { useDesk, useServices } from '../../context.tsx';

export function useAudit({ who, what, about, from, to }: AuditFilter, below: number | null) {
  const { audit } = useServices();
  const desk = useDesk();
  const [answer, setAnswer] = useState<Answer<AuditPage> | null>(null);
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const filter = { who, what, about, from, to };
    const load = async () => {
      setLoading(true);
      const next = await audit.rows(filter, below, stop.signal);
      if (stop.signal.aborted) return;
      if (!next.ok && next.status === 401) desk.signedOut();
      setAnswer(next);
      setLoading(false);
    };
    if (!backwards(filter)) void load();
    return () => stop.abort();
  }, [audit, desk, who, what, about, from, to, below, round]);
  return { answer, loading, retry: () => setRound(round + 1) };
}
