/** The HTTP side of the hub: signing in and out, one-time links, and the list of leads. */
import { LeadsPage, LinkInfo, LinkUsed, MeAnswer, WaysAnswer, type Me, type Ways } from '@handraise/protocol';
import { Anything, type Answer, type Http } from './http.ts';

export interface LeadsQuery {
  tier: string;
  stage: string;
  q: string;
  number: number;
}

export interface Api {
  me(): Promise<Answer<{ me: Me }>>;
  /** By which ways one can sign in. */
  ways(): Promise<Answer<Ways>>;
  /** `code` is empty at first; the answer `code_needed` asks for one. */
  login(email: string, password: string, code?: string): Promise<Answer<{ me: Me }>>;
  /** The code that is asked for after the way back from a sign-in provider. */
  providerCode(code: string): Promise<Answer<{ me: Me }>>;
  logout(): Promise<Answer<unknown>>;
  openLink(token: string): Promise<Answer<LinkInfo>>;
  /** Nobody is signed in afterwards when the account has a second factor. */
  useLink(token: string, password: string): Promise<Answer<LinkUsed>>;
  leads(query: LeadsQuery, signal: AbortSignal): Promise<Answer<LeadsPage>>;
}

export function createApi(http: Http): Api {
  const known = <T extends { csrf: string | null }>(answer: Answer<T>) => {
    if (answer.ok) http.csrf = answer.value.csrf ?? '';
    return answer;
  };
  return {
    me: async () => known(await http.get(MeAnswer, 'me')),
    ways: () => http.get(WaysAnswer, 'ways'),
    login: async (email, password, code = '') => known(await http.send(MeAnswer, 'login', { email, password, code })),
    providerCode: async (code) => known(await http.send(MeAnswer, 'oidc/code', { code })),
    logout: () => http.send(Anything, 'logout'),
    openLink: (token) => http.send(LinkInfo, 'links/open', { token }),
    useLink: async (token, password) => known(await http.send(LinkUsed, 'links/use', { token, password })),
    leads: ({ tier, stage, q, number }, signal) => {
      const query = new URLSearchParams(Object.entries({ tier, stage, q }).filter(([, value]) => value !== ''));
      query.set('page', String(number));
      return http.get(LeadsPage, `leads?${query.toString()}`, signal);
    },
  };
}
