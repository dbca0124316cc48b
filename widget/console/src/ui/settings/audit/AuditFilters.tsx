/** What is looked for in the audit log: who, what, about what, and when. */
import { CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { backwards, KINDS, WHO, type AuditFilter } from '../../../core/audit.ts';
import { useServices } from '../../context.tsx';
import { useLoaded } from '../useLoaded.ts';
import own from './audit.module.css';

const WHAT = Object.entries(KINDS).map(([kind, { name, verbs }]) => ({
  group: name,
  items: [{ value: kind, label: `${name}: everything` }, ...Object.entries(verbs).map(([value, label]) => ({ value, label }))],
}));

interface FiltersProps {
  filter: AuditFilter;
  onChange: (part: Partial<AuditFilter>) => void;
}

export function AuditFilters({ filter, onChange }: FiltersProps) {
  const who = useDoers();
  return (
    <search className={own.filters} aria-label="Audit log">
      <Select
        label="Who"
        placeholder="Everybody"
        data={who}
        value={filter.who === '' ? null : filter.who}
        onChange={(value) => onChange({ who: value ?? '' })}
        clearable
        clearButtonProps={{ 'aria-label': 'Everybody' }}
        searchable
        nothingFoundMessage="Nobody of that name"
      />
      <Select
        label="What"
        placeholder="Everything"
        data={WHAT}
        value={filter.what === '' ? null : filter.what}
        onChange={(value) => onChange({ what: value ?? '' })}
        clearable
        clearButtonProps={{ 'aria-label': 'Everything' }}
        searchable
        nothingFoundMessage="Nothing like that is noted"
      />
      <TextInput
        type="date"
        label="From"
        value={filter.from}
        max={filter.to === '' ? undefined : filter.to}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
        error={backwards(filter) ? 'This day is after the last one' : null}
        errorProps={{ role: 'alert' }}
      />
      <TextInput
        type="date"
        label="To"
        value={filter.to}
        min={filter.from === '' ? undefined : filter.from}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
      <AboutField about={filter.about} onChange={onChange} />
    </search>
  );
}

/** What is typed is looked for a moment after the last key. */
function AboutField({ about, onChange }: { about: string; onChange: FiltersProps['onChange'] }) {
  const [typed, setTyped] = useState<string | null>(null);
  const search = useDebouncedCallback((text: string) => {
    onChange({ about: text });
    setTyped(null);
  }, 300);
  const shown = typed ?? about;
  const type = (text: string) => {
    setTyped(text);
    search(text);
  };
  return (
    <TextInput
      label="About"
      placeholder="Id or address of a conversation, or id of an account"
      className={own.about}
      leftSection={<IconSearch size={16} />}
      rightSection={shown === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
      value={shown}
      onChange={(event) => type(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
    />
  );
}

/** Everybody at once by their kind, then people and tokens by name. */
function useDoers() {
  const { account } = useServices();
  const people = useLoaded(account.people).answer;
  const tokens = useLoaded(account.tokens).answer;
  const named = (rows: readonly { id: string; name: string }[]) => rows.map(({ id, name }) => ({ value: id, label: name }));
  return [
    { group: 'Everybody of a kind', items: Object.entries(WHO).map(([value, label]) => ({ value, label })) },
    { group: 'People', items: people?.ok ? named(people.value.people) : [] },
    { group: 'API tokens', items: tokens?.ok ? named(tokens.value.tokens) : [] },
  ].filter(({ items }) => items.length > 0);
}
