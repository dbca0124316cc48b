/** Acknowledgements: every client event is answered with `{ok: true, …}` or `{ok: false, error}`. */
import * as v from 'valibot';

export const ProtocolError = v.object({
  code: v.string(),
  message: v.string(),
  /** Seconds. */
  retry_after: v.optional(v.number()),
  /** Finds an `internal` error in the hub's log. */
  id: v.optional(v.string()),
  data: v.optional(v.record(v.string(), v.unknown())),
});
export type ProtocolError = v.InferOutput<typeof ProtocolError>;

export type Ack<T> = { ok: true; value: T } | { ok: false; error: ProtocolError };

const Refusal = v.object({ ok: v.literal(false), error: ProtocolError });
const Acceptance = v.object({ ok: v.literal(true) });

/** Read an acknowledgement whose good answer has the shape `schema`; anything unreadable becomes the error `bad_answer`. */
export function parseAck<S extends v.GenericSchema>(schema: S, raw: unknown): Ack<v.InferOutput<S>> {
  const refused = v.safeParse(Refusal, raw);
  if (refused.success) return refused.output;
  const value = v.safeParse(schema, raw);
  if (v.is(Acceptance, raw) && value.success) return { ok: true, value: value.output };
  return { ok: false, error: { code: 'bad_answer', message: 'The server gave an answer that this version cannot read.' } };
}

/** What a server event carried, or null when it does not have the shape `schema`. */
export function parse<S extends v.GenericSchema>(schema: S, raw: unknown): v.InferOutput<S> | null {
  const result = v.safeParse(schema, raw);
  return result.success ? result.output : null;
}

export const Nothing = v.object({});
export const Stored = v.object({ seq: v.pipe(v.number(), v.integer(), v.minValue(1)), at: v.string() });
export type Stored = v.InferOutput<typeof Stored>;
