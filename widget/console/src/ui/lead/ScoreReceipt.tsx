/** The score and its receipt: every row that made it, and the sum. */
import type { LeadCard, ReceiptEntry } from '@handraise/protocol';
import { points } from '../../core/format.ts';
import { readReceipt } from '../../core/receipt.ts';
import { TierChip } from '../common/TierChip.tsx';
import css from './lead.module.css';

export function ScoreReceipt({ lead }: { lead: LeadCard }) {
  const receipt = readReceipt(lead);
  return (
    <section className={css.section} aria-label="Score">
      <div className={css.scoreHead}>
        <span className={css.score} data-tier={lead.tier}>
          {lead.score}
        </span>
        <span className={css.scoreWord}>points</span>
        <TierChip tier={lead.tier} />
      </div>
      {receipt.groups.length === 0 ? <p className="quiet">Nothing has counted yet.</p> : null}
      {receipt.groups.map((group) => (
        <table key={group.group} className={css.receipt}>
          <caption className="sr">{group.title}</caption>
          <thead>
            <tr>
              <th scope="col">{group.title}</th>
              <td className={css.points}>
                <bdi dir="ltr">{points(group.points)}</bdi>
              </td>
            </tr>
          </thead>
          <tbody>
            {group.entries.map((entry, i) => (
              <Row key={`${entry.rule}-${String(i)}`} entry={entry} />
            ))}
          </tbody>
        </table>
      ))}
      {receipt.groups.length > 0 ? (
        <p className={css.total}>
          <span>Total</span>
          <b data-total>{receipt.total}</b>
        </p>
      ) : null}
      {receipt.addsUp || receipt.groups.length === 0 ? null : (
        <p className={css.mismatch}>These rows do not add up to {lead.score}. The score is being counted again.</p>
      )}
    </section>
  );
}

function Row({ entry }: { entry: ReceiptEntry }) {
  return (
    <tr>
      <td className={css.reason}>
        <span>
          <bdi>{capital(entry.sentence)}</bdi>
          {entry.understood && !entry.sentence.includes(entry.understood) ? (
            <>
              {': '}
              <bdi>{entry.understood}</bdi>
            </>
          ) : null}
        </span>
        {entry.said ? (
          <q className={css.said}>
            <bdi>{entry.said}</bdi>
          </q>
        ) : null}
      </td>
      <td className={css.points} data-sign={entry.points < 0 ? 'minus' : 'plus'}>
        <bdi dir="ltr">{points(entry.points)}</bdi>
      </td>
    </tr>
  );
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
