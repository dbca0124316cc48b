import { MantineProvider } from '@mantine/core';
import { LeadCard } from '@handraise/protocol';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { readReceipt, topReasons } from '../../core/receipt.ts';
import { contract, lead } from '../../test/samples.ts';
import { ScoreReceipt } from './ScoreReceipt.tsx';

const samples = contract<{ valid: Record<string, unknown> }>('lead').valid;
const hot = v.parse(LeadCard, samples['hot']);

function draw(card: LeadCard): HTMLElement {
  const box = document.createElement('div');
  document.body.append(box);
  act(() =>
    createRoot(box).render(
      <MantineProvider>
        <ScoreReceipt lead={card} />
      </MantineProvider>,
    ),
  );
  return box;
}

const texts = (box: HTMLElement, selector: string) => [...box.querySelectorAll(selector)].map((node) => node.textContent);
const number = (text: string | null) => Number((text ?? '').replace('−', '-'));

beforeEach(() => document.body.replaceChildren());

describe('the receipt', () => {
  it('shows rows that add up to the score', () => {
    const box = draw(hot);
    const rows = texts(box, 'tbody td:last-child').map(number);
    const groups = texts(box, 'thead td').map(number);
    const sum = (list: number[]) => list.reduce((total, one) => total + one, 0);
    expect(sum(rows)).toBe(hot.score);
    expect(sum(groups)).toBe(hot.score);
    expect(texts(box, '[data-total]')).toEqual([String(hot.score)]);
    expect(box.textContent).not.toContain('do not add up');
  });

  it('shows what was said beside each row', () => {
    expect(texts(draw(hot), 'q')).toEqual(expect.arrayContaining(['about 40k euros a year', '120-person']));
  });

  it('shows what was understood where the sentence does not', () => {
    const entry = {
      rule: 'r',
      group: 'fit',
      points: 5,
      sentence: 'small budget',
      understood: 'about 4k EUR a year',
      said: '4 grand',
    } as const;
    const box = draw(lead({ score: 5, receipt: { entries: [entry], score: 5, rules_hash: null, scored_at: null } }));
    expect(box.textContent).toContain('Small budget: about 4k EUR a year');
    expect(draw(hot).textContent).not.toContain('about 40k EUR a year: about 40k EUR a year');
  });

  it('admits when the rows do not add up', () => {
    const card = { ...hot, score: hot.score + 1 };
    expect(readReceipt(card).addsUp).toBe(false);
    expect(draw(card).textContent).toContain(`do not add up to ${String(card.score)}`);
  });

  it('counts minus points with a real minus', () => {
    const entries = [{ rule: 'r', group: 'fit', points: -5, sentence: 'too small', understood: '', said: null } as const];
    const box = draw(lead({ score: -5, receipt: { entries: [...entries], score: -5, rules_hash: null, scored_at: null } }));
    expect(texts(box, 'tbody td:last-child')).toEqual(['−5']);
  });

  it('says so when nothing has counted yet', () => {
    expect(draw(lead()).textContent).toContain('Nothing has counted yet');
    expect(draw(lead({ receipt: null })).textContent).toContain('Nothing has counted yet');
  });

  it('names the strongest reasons, never a minus', () => {
    expect(topReasons(hot, 2).map((entry) => entry.points)).toEqual([35, 30]);
    expect(topReasons(null, 2)).toEqual([]);
  });
});
