/** Every lead as a table, filtered by tier and stage, searched, page by page. */
import { CloseButton, Pagination, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import type { Route } from '../../core/route.ts';
import { Empty, Problem } from '../common/States.tsx';
import { go } from '../hooks.ts';
import { STAGES } from '../lead/Stage.tsx';
import { LeadsTable, LoadingTable } from './LeadsTable.tsx';
import { useLeads } from './useLeads.ts';
import css from './leads.module.css';

type LeadsRoute = Extract<Route, { page: 'leads' }>;

const TIERS = [
  { value: 'hot', label: 'Hot' },
  { value: 'warm', label: 'Warm' },
  { value: 'cold', label: 'Cold' },
];
const STAGE_OPTIONS = Object.entries(STAGES).map(([value, { name }]) => ({ value, label: name }));

export function LeadsPage({ route }: { route: LeadsRoute }) {
  const [words, setWords] = useState('');
  const [searched] = useDebouncedValue(words.trim(), 300);
  const { tier, stage, number } = route;
  const { answer, loading, retry } = useLeads({ tier, stage, number, q: searched });
  const change = (part: Partial<LeadsRoute>) => go({ ...route, number: 1, ...part }, 'replace');
  const filtered = tier !== '' || stage !== '' || searched !== '';
  const clear = () => {
    setWords('');
    change({ tier: '', stage: '' });
  };
  const found = answer?.ok ? answer.value : null;
  return (
    <main className={css.page}>
      <header className={css.head}>
        <h1 className={css.title}>Leads {found ? <span className={css.total}>{found.total}</span> : null}</h1>
        <div className={css.filters}>
          <TextInput
            type="text"
            aria-label="Search leads"
            placeholder="Search"
            leftSection={<IconSearch size={16} />}
            rightSection={words === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setWords('')} />}
            value={words}
            onChange={(event) => {
              setWords(event.currentTarget.value);
              if (number > 1) change({});
            }}
            className={css.search}
          />
          <Select
            aria-label="Tier"
            placeholder="Every tier"
            data={TIERS}
            value={tier === '' ? null : tier}
            onChange={(value) => change({ tier: value ?? '' })}
            clearable
            className={css.select}
          />
          <Select
            aria-label="Stage"
            placeholder="Every stage"
            data={STAGE_OPTIONS}
            value={stage === '' ? null : stage}
            onChange={(value) => change({ stage: value ?? '' })}
            clearable
            className={css.select}
          />
        </div>
      </header>
      <div className={css.body} aria-busy={loading}>
        {!answer ? <LoadingTable /> : null}
        {answer && !answer.ok ? <Problem title="The leads could not be loaded" message={answer.message} onRetry={retry} /> : null}
        {found && found.leads.length === 0 ? <NoLeads filtered={filtered} onClear={clear} /> : null}
        {found && found.leads.length > 0 ? <LeadsTable leads={found.leads} /> : null}
      </div>
      {found && found.pages > 1 ? (
        <footer className={css.foot}>
          <Pagination
            total={found.pages}
            value={found.page}
            onChange={(page) => change({ number: page })}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        </footer>
      ) : null}
    </main>
  );
}

function NoLeads({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <Empty
        Icon={IconSearch}
        title="No lead matches"
        action={
          <button type="button" className={css.link} onClick={onClear}>
            Show every lead
          </button>
        }
      >
        Try other words, or another tier or stage.
      </Empty>
    );
  }
  return (
    <Empty Icon={IconUsers} title="No leads yet">
      A visitor becomes a lead with the first answer, even if they leave half-way. Open your site in another window and try it.
    </Empty>
  );
}
