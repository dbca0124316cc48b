/** The audit log over HTTP: its rows, and whether it is whole. */
import * as v from 'valibot';

const text = v.string();
const Object_ = v.object({ kind: text, id: text });
const Value = v.union([text, v.number(), v.boolean(), v.array(text)]);

export const AuditRow = v.object({
  id: v.number(),
  at: text,
  who: Object_,
  /** A verb, such as `lead_viewed`. */
  what: text,
  about: v.nullable(Object_),
  data: v.record(text, Value),
  hash: text,
});
export type AuditRow = v.InferOutput<typeof AuditRow>;

/** `names`: what accounts and tokens in the rows are called now, by id. */
export const AuditPage = v.object({ rows: v.array(AuditRow), names: v.record(text, text), more: v.boolean() });
export type AuditPage = v.InferOutput<typeof AuditPage>;

export const AuditChain = v.object({ whole: v.boolean(), rows: v.number(), last: text, broken: v.nullable(v.number()), reason: text });
export type AuditChain = v.InferOutput<typeof AuditChain>;
