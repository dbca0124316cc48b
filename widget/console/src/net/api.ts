/** The HTTP side of the hub: signing in and out, and the list of leads. */
import { LeadsPage, MeAnswer, type Me } from '@handraise/protocol';
import type { Http } from './http.ts';
import { Anything, type Answer } from './http.ts';

export interface LeadsQuery {
  tier: string;
  stage: string;
  q: string;
  number: number;
}

export interface Api {
  me(): Promise<Answer<{ me: Me }>>;
  login(email: string, password: string): Promise<Answer<{ me: Me }>>;
  logout(): Promise<Answer<unknown>>;
  leads(query: LeadsQuery, signal: AbortSignal): Promise<Answer<LeadsPage>>;
}

export function createApi(http: Http): Api {
  const known = (answer: Answer<MeAnswer>) => {
    if (answer.ok) http.csrf = answer.value.csrf;
    return answer;
  };
  return {
    me: async () => known(await http.get(MeAnswer, 'me')),
    login: async (email, password) => known(await http.send(MeAnswer, 'login', { email, password })),
    logout: () => http.send(Anything, 'logout'),
    leads: ({ tier, stage, q, number }, signal) => {
      const query = new URLSearchParams(Object.entries({ tier, stage, q }).filter(([, value]) => value !== ''));
      query.set('page', String(number));
      return http.get(LeadsPage, `leads?${query.toString()}`, signal);
    },
  };
}
