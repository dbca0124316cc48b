/** The table of leads; a row opens its conversation. On a phone each row is a card. */
import { Skeleton, Table } from '@mantine/core';
import type { LeadCard } from '@handraise/protocol';
import type { MouseEvent } from 'react';
import { ago, full } from '../../core/format.ts';
import { displayName } from '../../core/names.ts';
import { answerText } from '../../core/leads.ts';
import { writeRoute } from '../../core/route.ts';
import { TierChip } from '../common/TierChip.tsx';
import { useDeskState } from '../context.tsx';
import { go, toInbox, useNow } from '../hooks.ts';
import { Stage } from '../lead/Stage.tsx';
import css from './leads.module.css';

const HEADS = ['Lead', 'Tier', 'Score', 'Budget', 'Size', 'Industry', 'Stage', 'Last activity'] as const;

export function LeadsTable({ leads }: { leads: readonly LeadCard[] }) {
  return (
    <Table className={css.table} highlightOnHover stickyHeader verticalSpacing="sm" horizontalSpacing="md">
      <Heads />
      <Table.Tbody>
        {leads.map((lead) => (
          <Row key={lead.id} lead={lead} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Heads() {
  return (
    <Table.Thead>
      <Table.Tr>
        {HEADS.map((head) => (
          <Table.Th key={head} data-number={head === 'Score'}>
            {head}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}

function Row({ lead }: { lead: LeadCard }) {
  const lastAt = useDeskState((state) => state.inbox[lead.conversation_id]?.last_at);
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(toInbox(lead.conversation_id));
  };
  return (
    <Table.Tr className={css.row} onClick={open}>
      <Table.Td className={css.who}>
        <a href={writeRoute(toInbox(lead.conversation_id))} onClick={open}>
          <b>
            <bdi>{displayName(lead)}</bdi>
          </b>
        </a>
        <span>
          <bdi>{[lead.company, lead.email].filter(Boolean).join(' · ')}</bdi>
        </span>
      </Table.Td>
      <Table.Td>
        <TierChip tier={lead.tier} />
      </Table.Td>
      <Table.Td data-number>{lead.score}</Table.Td>
      <Said lead={lead} slot="budget" label="Budget" />
      <Said lead={lead} slot="company_size" label="Size" />
      <Said lead={lead} slot="industry" label="Industry" />
      <Table.Td>
        <Stage stage={lead.stage} reason={lead.stage_reason} />
      </Table.Td>
      <Table.Td className={css.when}>
        <When at={newest(lastAt, lead.updated_at)} />
      </Table.Td>
    </Table.Tr>
  );
}

function Said({ lead, slot, label }: { lead: LeadCard; slot: string; label: string }) {
  const text = answerText(lead, slot);
  return (
    <Table.Td className={css.said} data-label={label} data-empty={text === null}>
      {text === null ? (
        <span className="quiet" aria-label="Not known">
          –
        </span>
      ) : (
        <bdi>{text}</bdi>
      )}
    </Table.Td>
  );
}

function When({ at }: { at: string | null }) {
  const now = useNow(30_000);
  return at === null ? (
    <span className="quiet">–</span>
  ) : (
    <time dateTime={at} title={full(at)}>
      {ago(at, now)}
    </time>
  );
}

function newest(a: string | undefined, b: string | null): string | null {
  if (a === undefined) return b;
  return b !== null && b > a ? b : a;
}

export function LoadingTable() {
  return (
    <Table className={css.table} verticalSpacing="sm" horizontalSpacing="md" aria-label="Loading leads">
      <Heads />
      <Table.Tbody>
        {[0, 1, 2, 3, 4, 5].map((row) => (
          <Table.Tr key={row}>
            {HEADS.map((head, i) => (
              <Table.Td key={head}>
                <Skeleton height={12} width={i === 0 ? '70%' : '50%'} my={8} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
