/** Every question with what was said and what was understood; a click corrects it, missing ones are empty rows. */
import type { Answer, LeadCard } from '@handraise/protocol';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { jumpTo } from '../talk/jump.ts';
import { Correct } from './Correct.tsx';
import css from './answers.module.css';
import card from './lead.module.css';

export function Answers({ id, lead }: { id: string; lead: LeadCard }) {
  const [editing, setEditing] = useState<string | null>(null);
  const known = lead.answers.filter((answer) => answer.status === 'known').length;
  if (lead.answers.length === 0) return null;
  return (
    <section className={card.section}>
      <h3 className={card.title}>
        Answers
        <span className={card.progress}>
          {known} of {lead.answers.length}
        </span>
      </h3>
      <dl className={css.answers}>
        {lead.answers.map((answer) => (
          <div key={answer.slot} className={css.answer} data-status={answer.status}>
            <dt>{answer.label}</dt>
            <dd>
              {editing === answer.slot ? (
                <Correct id={id} answer={answer} onDone={() => setEditing(null)} />
              ) : (
                <Shown id={id} answer={answer} onEdit={() => setEditing(answer.slot)} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const INSTEAD = { missing: 'Not known yet', declined: 'Preferred not to say', unknown: 'Does not know' } as const;

function Shown({ id, answer, onEdit }: { id: string; answer: Answer; onEdit: () => void }) {
  const missing = answer.status === 'missing';
  const text = answer.status === 'known' ? answer.text || answer.said || '' : INSTEAD[answer.status];
  const different = answer.said && answer.said.trim().toLocaleLowerCase() !== text.trim().toLocaleLowerCase();
  return (
    <>
      <button type="button" className={css.value} onClick={onEdit} aria-label={`${missing ? 'Add' : 'Correct'} ${answer.label}: ${text}`}>
        <span>
          <bdi>{text}</bdi>
        </span>
        {missing ? <IconPlus size={14} aria-hidden /> : <IconPencil size={14} aria-hidden />}
      </button>
      {different ? <Said id={id} answer={answer} /> : null}
      {answer.read_by === 'agent' ? <span className={css.by}>Entered by an agent</span> : null}
      {answer.read_by === 'hub' ? <span className={css.by}>Read later: the assistant was away</span> : null}
    </>
  );
}

function Said({ id, answer }: { id: string; answer: Answer }) {
  const { seq } = answer;
  if (answer.read_by === 'agent') return null;
  if (seq === null) return <q className={card.said}>{answer.said}</q>;
  return (
    <button type="button" className={css.saidLink} onClick={() => jumpTo(id, seq)} title="Show where this was said">
      <q>
        <bdi>{answer.said}</bdi>
      </q>
    </button>
  );
}
