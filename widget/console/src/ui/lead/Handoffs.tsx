/** Who was called and who took over, as far as this conversation's log tells. */
import type { Entry } from '@handraise/protocol';
import { clock, full } from '../../core/format.ts';
import { handoffStory } from '../../core/story.ts';
import css from './trail.module.css';
import card from './lead.module.css';

export function Handoffs({ entries }: { entries: readonly Entry[] }) {
  const steps = handoffStory(entries);
  if (steps.length === 0) return null;
  return (
    <section className={card.section}>
      <h3 className={card.title}>Hand-offs</h3>
      <ol className={css.trail}>
        {steps.map((step) => (
          <li key={step.seq} data-kind={step.kind}>
            <span className={css.trailText} dir="auto">
              {step.text}
            </span>
            <time dateTime={step.at} title={full(step.at)}>
              {clock(step.at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
