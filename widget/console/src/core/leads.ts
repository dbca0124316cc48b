/** What the table of leads shows of an answer; pure. */
import type { LeadCard } from '@handraise/protocol';

/** The answer in plain words, or null when there is nothing to show. */
export function answerText(lead: Pick<LeadCard, 'answers'>, slot: string): string | null {
  const answer = lead.answers.find((one) => one.slot === slot);
  if (!answer) return null;
  if (answer.status === 'declined') return 'declined';
  if (answer.status !== 'known') return null;
  return answer.text || answer.said || null;
}
