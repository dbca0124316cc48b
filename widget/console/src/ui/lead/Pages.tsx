/** The pages the visitor has seen, as a trail; the newest last. */
import type { LeadCard } from '@handraise/protocol';
import { clock, full, shortUrl } from '../../core/format.ts';
import css from './trail.module.css';
import card from './lead.module.css';

const SHOWN = 8;

export function Pages({ pages }: { pages: LeadCard['pages'] }) {
  if (pages.length === 0) return null;
  const hidden = Math.max(0, pages.length - SHOWN);
  return (
    <section className={card.section}>
      <h3 className={card.title}>
        Pages
        {hidden > 0 ? <span className={card.progress}>last {SHOWN}</span> : null}
      </h3>
      <ol className={css.trail}>
        {pages.slice(hidden).map((page, i) => (
          <li key={i}>
            <span className={css.trailText} title={page.url}>
              <bdi>{page.title?.trim() ? page.title : shortUrl(page.url)}</bdi>
              <small>{shortUrl(page.url)}</small>
            </span>
            <time dateTime={page.at} title={full(page.at)}>
              {clock(page.at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
