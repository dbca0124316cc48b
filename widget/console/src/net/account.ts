/** Accounts over HTTP: one's own, and for administrators those of others and the tokens of programs. */
import {
  AccountAnswer,
  CodesAnswer,
  LinkAnswer,
  MeAnswer,
  NewTokenAnswer,
  PeopleAnswer,
  SetupAnswer,
  TokensAnswer,
  type Role,
} from '@handraise/protocol';
import { Anything, type Http } from './http.ts';

export interface NewToken {
  name: string;
  scopes: readonly string[];
  days: number | null;
}

export type AccountApi = ReturnType<typeof createAccountApi>;

export function createAccountApi(http: Http) {
  const of = (id: string) => `people/${encodeURIComponent(id)}`;
  return {
    rename: async (name: string) => {
      const answer = await http.send(MeAnswer, 'account/name', { name });
      if (answer.ok) http.csrf = answer.value.csrf;
      return answer;
    },
    mine: () => http.get(AccountAnswer, 'account'),
    changePassword: async (password: string, next: string) => {
      const answer = await http.send(MeAnswer, 'account/password', { password, new: next });
      if (answer.ok) http.csrf = answer.value.csrf;
      return answer;
    },
    setUp: (password: string) => http.send(SetupAnswer, 'account/second-factor', { password }),
    confirm: (code: string) => http.send(CodesAnswer, 'account/second-factor/confirm', { code }),
    newCodes: (code: string) => http.send(CodesAnswer, 'account/second-factor/codes', { code }),
    switchOff: (code: string) => http.send(Anything, 'account/second-factor/off', { code }),
    endOthers: () => http.send(Anything, 'account/sessions/end-others'),

    people: () => http.get(PeopleAnswer, 'people'),
    invite: (email: string, name: string, role: Role) => http.send(LinkAnswer, 'people', { email, name, role }),
    setRole: (id: string, role: Role) => http.send(Anything, `${of(id)}/role`, { role }),
    setActive: (id: string, on: boolean) => http.send(Anything, `${of(id)}/active`, { on }),
    link: (id: string) => http.send(LinkAnswer, `${of(id)}/link`),
    factorOff: (id: string) => http.send(Anything, `${of(id)}/second-factor/off`),

    tokens: () => http.get(TokensAnswer, 'tokens'),
    makeToken: (token: NewToken) => http.send(NewTokenAnswer, 'tokens', token),
    removeToken: (id: string) => http.send(Anything, `tokens/${encodeURIComponent(id)}`, {}, 'DELETE'),
  };
}
