/** Accounts over HTTP: one's own, those of others, and tokens for programs. */
import * as v from 'valibot';
import { MeAnswer } from './agent.ts';

const text = v.string();
const maybe = v.nullable(text);

/** `code_needed` at sign-in is an error, not an answer; this says by which ways one can sign in. */
export const WaysAnswer = v.object({ oidc: maybe });
export type Ways = v.InferOutput<typeof WaysAnswer>;

export const SessionRow = v.object({ begun: text, seen: text, browser: text, own: v.boolean() });
export type SessionRow = v.InferOutput<typeof SessionRow>;

export const Account = v.object({
  /** Whether there is a password; who signs in elsewhere has none. */
  password: v.boolean(),
  second_factor: v.boolean(),
  required: v.boolean(),
  codes_left: v.number(),
  sessions: v.array(SessionRow),
});
export type Account = v.InferOutput<typeof Account>;
export const AccountAnswer = v.object({ account: Account });

export const SetupAnswer = v.object({ secret: text, picture: v.pipe(text, v.startsWith('data:image/svg+xml')) });
export type Setup = v.InferOutput<typeof SetupAnswer>;
export const CodesAnswer = v.object({ codes: v.array(text) });

export const Role = v.picklist(['agent', 'marketer', 'admin']);
export type Role = v.InferOutput<typeof Role>;

export const PersonRow = v.object({
  id: text,
  name: text,
  email: text,
  role: Role,
  active: v.boolean(),
  /** Has not chosen a password yet. */
  invited: v.boolean(),
  second_factor: v.boolean(),
  seen: maybe,
});
export type PersonRow = v.InferOutput<typeof PersonRow>;
export const PeopleAnswer = v.object({ people: v.array(PersonRow) });

/** A one-time link, to be given to its owner. */
export const LinkAnswer = v.object({ address: text, expires_at: text, name: text, email: text });
export type Link = v.InferOutput<typeof LinkAnswer>;
/** What a link is for, as its owner sees it. */
export const LinkInfo = v.object({ kind: v.picklist(['invite', 'reset']), name: text, email: text });
export type LinkInfo = v.InferOutput<typeof LinkInfo>;
export const LinkUsed = v.union([MeAnswer, v.object({ me: v.null(), csrf: v.null() })]);
export type LinkUsed = v.InferOutput<typeof LinkUsed>;

export const TokenRow = v.object({
  id: text,
  name: text,
  hint: text,
  scopes: v.array(text),
  made_by: text,
  created_at: text,
  expires_at: maybe,
  last_used_at: maybe,
});
export type TokenRow = v.InferOutput<typeof TokenRow>;
export const TokensAnswer = v.object({ tokens: v.array(TokenRow) });
export const NewTokenAnswer = v.object({ token: text, row: TokenRow });
