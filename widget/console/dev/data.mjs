// Invented conversations for trying the console without the real hub.
const now = Date.now();
export const at = (secondsAgo = 0) => new Date(Date.now() - secondsAgo * 1000).toISOString();
const ago = (minutes) => new Date(now - minutes * 60_000).toISOString();

export const QUESTIONS = [
  ['budget', 'Budget'],
  ['company_size', 'Company size'],
  ['industry', 'Industry'],
  ['timeline', 'Timeline'],
  ['contact_consent', 'Consent to be contacted'],
  ['name', 'Name'],
  ['email', 'E-mail'],
  ['company', 'Company'],
];

export function answers(known) {
  return QUESTIONS.map(([slot, label]) => {
    const row = known[slot];
    const base = { slot, label, status: 'missing', said: '', text: '', value: null, confidence: 0, seq: null, read_by: null };
    if (!row) return base;
    return { ...base, status: 'known', confidence: 0.95, read_by: 'reader', value: {}, said: row[0], text: row[1], ...(row[2] ?? {}) };
  });
}

export const rule = (rule, group, points, sentence, said = '') => ({ rule, group, points, sentence, said });

export function lead(
  conversation_id,
  { name = null, email = null, company = null, stage = 'lead', tier, known = {}, receipt = [], pages = [] },
) {
  const sum = (group) => receipt.filter((e) => e.group === group).reduce((n, e) => n + e.points, 0);
  const score = receipt.reduce((n, e) => n + e.points, 0);
  return {
    id: `lead-${conversation_id}`,
    conversation_id,
    name,
    email,
    company,
    stage,
    tier,
    score,
    fit: sum('fit'),
    engagement: sum('engagement'),
    receipt: { entries: receipt, score, rules_hash: '9f2c41d0a7', scored_at: at() },
    answers: answers(known),
    pages,
    handoff: null,
  };
}

const m = (author, text, extra = {}) => ({ kind: 'message', author, text, name: author === 'bot' ? 'Assistant' : null, ...extra });
const page = (title, url, minutes) => ({ title, url, at: ago(minutes) });

export function seed() {
  return [
    {
      id: 'c-jane',
      minutes: 4,
      online: true,
      lines: [
        m('bot', 'Hi, I am the assistant of Northwind Chat. I am a bot, and I can bring in a person at any time. What brings you here?'),
        m('visitor', "Hi, we're a 120-person fintech in Berlin looking for a chat tool, we have about 40k euros a year."),
        m('bot', 'Thanks, that helps. When would you like to start?', {
          choices: [
            { id: 'x1', title: 'This month' },
            { id: 'x2', title: 'This quarter' },
            { id: 'x3', title: 'Just looking' },
          ],
        }),
        { kind: 'choice', author: 'visitor', text: 'This month', data: { choice_id: 'x1', of_seq: 3 } },
        m('bot', 'May we contact you about this? We use your details for this request only.'),
        m('visitor', "yes, jane.doe@fennel.example, I'm Jane Doe"),
        m('bot', 'Thank you, Jane. I have noted your name and your e-mail address.'),
      ],
      lead: {
        name: 'Jane Doe',
        email: 'jane.doe@fennel.example',
        company: 'Fennel Bank',
        stage: 'MQL',
        tier: 'hot',
        known: {
          budget: ['about 40k euros a year', 'about 40k EUR a year', { seq: 2 }],
          company_size: ['a 120-person fintech', '120 people', { seq: 2 }],
          industry: ['fintech', 'Financial services', { seq: 2 }],
          timeline: ['This month', 'within a month', { seq: 4, read_by: 'choice' }],
          contact_consent: ['yes', 'yes', { seq: 6 }],
          name: ["I'm Jane Doe", 'Jane Doe', { seq: 6 }],
          email: ['jane.doe@fennel.example', 'jane.doe@fennel.example', { seq: 6 }],
        },
        receipt: [
          rule('budget_mid', 'fit', 30, 'budget of about 40k EUR a year', 'about 40k euros a year'),
          rule('size_mid', 'fit', 20, 'company of about 120 people', 'a 120-person fintech'),
          rule('industry_core', 'fit', 15, 'works in financial services', 'fintech'),
          rule('timeline_now', 'engagement', 15, 'wants to start within a month', 'This month'),
          rule('pricing_page', 'engagement', 5, 'looked at the pricing page'),
          rule('free_mail', 'fit', -5, 'has not named the company yet'),
        ],
        pages: [
          page('Northwind Chat', 'https://northwind.example/', 9),
          page('Pricing', 'https://northwind.example/pricing', 6),
          page('Customers', 'https://northwind.example/customers', 4),
        ],
      },
    },
    {
      id: 'c-omar',
      minutes: 22,
      online: true,
      lines: [
        m('bot', 'Hi, I am the assistant of Northwind Chat. What brings you here?'),
        m('visitor', 'Does it work with HubSpot?'),
        m('bot', 'Yes. Contacts and conversations are sent to HubSpot as they happen. How many people work at your company?'),
        m('visitor', 'around 30'),
      ],
      lead: {
        tier: 'warm',
        known: { company_size: ['around 30', 'about 30 people', { seq: 4 }] },
        receipt: [
          rule('size_small', 'fit', 10, 'company of about 30 people', 'around 30'),
          rule('asked_integrations', 'engagement', 10, 'asked about integrations', 'Does it work with HubSpot?'),
        ],
        pages: [page('Integrations', 'https://northwind.example/integrations', 24)],
      },
    },
    {
      id: 'c-rtl',
      minutes: 95,
      online: false,
      lines: [
        m('bot', 'Hi, I am the assistant of Northwind Chat. What brings you here?'),
        m('visitor', 'مرحبا، نحن شركة صغيرة ونبحث عن أداة محادثة لموقعنا. كم السعر؟'),
        m('bot', 'Plans start at 49 EUR a month.'),
      ],
      lead: {
        name: 'ليلى الحداد',
        tier: 'cold',
        known: { name: ['ليلى الحداد', 'ليلى الحداد', { seq: 2 }] },
        receipt: [rule('asked_price', 'engagement', 10, 'asked for the price', 'كم السعر؟')],
        pages: [],
      },
    },
    {
      id: 'c-long',
      minutes: 300,
      online: false,
      lines: [
        m('bot', 'Hi, I am the assistant of Northwind Chat. What brings you here?'),
        m(
          'visitor',
          'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft-und-noch-viel-länger-ohne-eine-einzige-lücke https://example.org/a/very/long/path/that/never/ends/and/goes/on/and/on?query=string&more=parameters',
        ),
        m('bot', 'Thank you. What industry are you in?'),
      ],
      lead: {
        name: 'Maximiliane-Alexandra Freifrau von und zu Habsburg-Lothringen-Wittelsbach',
        company: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH & Co. KGaA',
        email: 'maximiliane.alexandra.von.und.zu.habsburg.lothringen@donaudampfschifffahrt.example',
        tier: 'warm',
        known: {},
        receipt: [rule('b', 'fit', 12, 'long names are welcome')],
        pages: [],
      },
    },
  ];
}
