/** The audit log over HTTP, for administrators. */
import { AuditChain, AuditPage } from '@handraise/protocol';
import { auditQuery, type AuditFilter } from '../core/audit.ts';
import type { Http } from './http.ts';

export type AuditApi = ReturnType<typeof createAuditApi>;

export function createAuditApi(http: Http) {
  return {
    /** The newest rows, or those before the row `below`. */
    rows: (filter: AuditFilter, below: number | null, signal: AbortSignal) => {
      const query = auditQuery(filter);
      if (below !== null) query.set('below', String(below));
      return http.get(AuditPage, `audit?${query.toString()}`, signal);
    },
    chain: () => http.get(AuditChain, 'audit/chain'),
  };
}
