/** What the visitor has agreed to or taken back: purpose by purpose, with the words, the page and the time. */
import type { LeadCard } from '@handraise/protocol';
import { IconCheck, IconX } from '@tabler/icons-react';
import { clock, full, shortUrl } from '../../core/format.ts';
import card from './lead.module.css';
import css from './consents.module.css';

const PURPOSES: Readonly<Record<string, string>> = { chat: 'Chat', contact: 'Being contacted', marketing: 'Offers and news' };

export function Consents({ consents }: { consents: LeadCard['consents'] }) {
  if (consents.length === 0) return null;
  return (
    <section className={card.section}>
      <h3 className={card.title}>Consent</h3>
      <ul className={css.consents}>
        {consents.map((one) => (
          <li key={one.purpose} data-given={one.given || undefined}>
            {one.given ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
            <span className={css.what}>
              <strong>
                {PURPOSES[one.purpose] ?? one.purpose}: {one.given ? 'yes' : 'no'}
              </strong>
              <q dir="auto">{one.text}</q>
              <small>{[one.version && `version ${one.version}`, one.page && shortUrl(one.page)].filter(Boolean).join(' · ')}</small>
            </span>
            <time dateTime={one.at} title={full(one.at)}>
              {clock(one.at)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}
