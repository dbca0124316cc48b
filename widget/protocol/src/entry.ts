/** The entries of a conversation's log (docs/protocol.md, section 1) and the guard that reads them. */
import * as v from 'valibot';

export const Seq = v.pipe(v.number(), v.integer(), v.minValue(1));

export const HolderName = v.picklist(['bot', 'queue', 'agent', 'closed']);
export type HolderName = v.InferOutput<typeof HolderName>;

export const Person = v.object({ id: v.string(), name: v.string() });
export type Person = v.InferOutput<typeof Person>;

export const Choice = v.object({ id: v.string(), title: v.string() });
export type Choice = v.InferOutput<typeof Choice>;

const Author = v.picklist(['visitor', 'bot', 'agent', 'system']);
export type Author = v.InferOutput<typeof Author>;

const common = {
  seq: Seq,
  name: v.optional(v.nullable(v.string()), null),
  text: v.string(),
  client_msg_id: v.optional(v.nullable(v.string()), null),
  choices: v.optional(v.array(Choice), []),
  at: v.string(),
};

const anyData = v.optional(v.record(v.string(), v.unknown()), {});

export const MessageEntry = v.object({
  ...common,
  kind: v.literal('message'),
  author: v.picklist(['visitor', 'bot', 'agent']),
  data: anyData,
});

export const ChoiceEntry = v.object({
  ...common,
  kind: v.literal('choice'),
  author: v.literal('visitor'),
  data: v.object({ choice_id: v.string(), of_seq: Seq }),
});

export const ContactEntry = v.object({
  ...common,
  kind: v.literal('contact'),
  author: v.literal('visitor'),
  data: v.object({ fields: v.array(v.string()) }),
});

export const ContactFormEntry = v.object({
  ...common,
  kind: v.literal('contact_form'),
  author: v.literal('system'),
  data: v.object({ reason: v.string() }),
});

export const HolderEntry = v.object({
  ...common,
  kind: v.literal('holder'),
  author: v.literal('system'),
  data: v.object({
    holder: HolderName,
    epoch: v.pipe(v.number(), v.integer()),
    reason: v.optional(v.nullable(v.string()), null),
    agent: v.optional(v.nullable(Person), null),
  }),
});

export const NoticeEntry = v.object({
  ...common,
  kind: v.literal('notice'),
  author: v.literal('system'),
  data: v.object({ code: v.string() }),
});

export const RatingEntry = v.object({
  ...common,
  kind: v.literal('rating'),
  author: v.literal('visitor'),
  data: v.object({ score: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)) }),
});

const KnownEntry = v.variant('kind', [MessageEntry, ChoiceEntry, ContactEntry, ContactFormEntry, HolderEntry, NoticeEntry, RatingEntry]);

/** A kind of a newer hub, or a broken entry: it keeps its place in the order, and its text (if any) is shown. */
const OtherEntry = v.object({
  seq: Seq,
  author: v.fallback(Author, 'system'),
  name: v.fallback(v.nullable(v.string()), null),
  text: v.fallback(v.string(), ''),
  client_msg_id: v.fallback(v.nullable(v.string()), null),
  at: v.fallback(v.string(), ''),
});

export type KnownEntry = v.InferOutput<typeof KnownEntry>;
export type OtherEntry = v.InferOutput<typeof OtherEntry> & { kind: 'other'; choices: Choice[]; data: Record<string, never> };
export type Entry = KnownEntry | OtherEntry;

/** The entry, or null when not even its place in the log can be read. */
export function parseEntry(raw: unknown): Entry | null {
  const known = v.safeParse(KnownEntry, raw);
  if (known.success) return known.output;
  const other = v.safeParse(OtherEntry, raw);
  return other.success ? { ...other.output, kind: 'other', choices: [], data: {} } : null;
}

/** For use inside other schemas: a list of entries, the unreadable ones left out. */
export const Entries = v.pipe(
  v.array(v.unknown()),
  v.transform((rows): Entry[] => rows.map(parseEntry).filter((entry) => entry !== null)),
);

/** For use inside other schemas: one entry, refused when it has no place in the log. */
export const EntrySchema = v.pipe(
  v.unknown(),
  v.transform(parseEntry),
  v.check((entry) => entry !== null, 'not an entry'),
  v.transform((entry) => entry as Entry),
);
