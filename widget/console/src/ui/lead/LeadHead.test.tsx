/** The head of the card: stage with its reason, and the segment. */
import { MantineProvider } from '@mantine/core';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { lead } from '../../test/samples.ts';
import { LeadHead } from './LeadHead.tsx';

function draw(more: Parameters<typeof lead>[0]): string {
  const box = document.createElement('div');
  document.body.append(box);
  act(() =>
    createRoot(box).render(
      <MantineProvider>
        <LeadHead lead={lead(more)} />
      </MantineProvider>,
    ),
  );
  return box.textContent;
}

beforeEach(() => document.body.replaceChildren());

describe('the head of the card', () => {
  it('says why a lead is unqualified, as plain text', () => {
    const shown = draw({ stage: 'unqualified', stage_reason: '<b>50 EUR</b> is less than the smallest plan' });
    expect(shown).toContain('Unqualified');
    expect(shown).toContain('<b>50 EUR</b> is less than the smallest plan');
  });

  it('shows what the site has signed apart from what was said', () => {
    const identity = { user_id: '4711', email: 'jane@shop.example', name: '<i>Jane</i>', company: null, at: '2026-11-21T10:00:00.000Z' };
    const shown = draw({ email: 'someone@else.example', identity });
    for (const text of ['Verified', '<i>Jane</i>', 'jane@shop.example', 'User 4711', 'someone@else.example']) expect(shown).toContain(text);
    expect(draw({})).not.toContain('Verified');
  });

  it('names the segment when there is one', () => {
    expect(draw({ segment: 'mid-market' })).toContain('mid-market');
    expect(draw({})).not.toContain('Segment');
  });
});
