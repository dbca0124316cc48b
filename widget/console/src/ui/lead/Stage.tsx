/** The stage of a lead as a small label, with its meaning or the reason for it. */
import { Tooltip } from '@mantine/core';
import css from './lead.module.css';

export const STAGES: Record<string, { name: string; means: string }> = {
  visitor: { name: 'Visitor', means: 'Has not said anything about themselves yet' },
  lead: { name: 'Lead', means: 'Has answered at least one question' },
  MQL: { name: 'MQL', means: 'Marketing qualified: worth a salesperson’s time' },
  SQL: { name: 'SQL', means: 'Sales qualified: a person has taken over' },
  won: { name: 'Won', means: 'Became a customer' },
  lost: { name: 'Lost', means: 'Did not become a customer' },
  unqualified: { name: 'Unqualified', means: 'Does not fit' },
};

export function Stage({ stage, reason = '' }: { stage: string; reason?: string }) {
  const known = STAGES[stage];
  const chip = <span className={css.stage}>{known?.name ?? stage}</span>;
  const means = reason || known?.means;
  return means ? <Tooltip label={means}>{chip}</Tooltip> : chip;
}
