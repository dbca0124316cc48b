/** Rows of the audit log; on a phone each is a card. */
import { Table } from '@mantine/core';
import type { AuditRow } from '@handraise/protocol';
import type { MouseEvent } from 'react';
import { details, doer, done, subject } from '../../../core/audit.ts';
import { full } from '../../../core/format.ts';
import { displayName } from '../../../core/names.ts';
import { writeRoute } from '../../../core/route.ts';
import { useDeskState } from '../../context.tsx';
import { go, toInbox } from '../../hooks.ts';
import own from './audit.module.css';

type Names = Readonly<Record<string, string>>;

export function AuditTable({ rows, names }: { rows: readonly AuditRow[]; names: Names }) {
  return (
    <Table className={own.table} verticalSpacing="xs" horizontalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          {['When', 'Who', 'What', 'About'].map((head) => (
            <Table.Th key={head}>{head}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} names={names} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ row, names }: { row: AuditRow; names: Names }) {
  const more = details(row.data);
  return (
    <Table.Tr>
      <Table.Td className={own.when}>
        <time dateTime={row.at} dir="auto">
          {full(row.at)}
        </time>
      </Table.Td>
      <Table.Td className={own.who}>
        <bdi>{doer(row.who, names)}</bdi>
      </Table.Td>
      <Table.Td className={own.what}>
        {done(row.what)}
        {more === '' ? null : <span className={own.details}>{more}</span>}
      </Table.Td>
      <Table.Td className={own.about}>
        <About row={row} names={names} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Conversations that the inbox knows are a way to them, under their name there. */
function About({ row, names }: { row: AuditRow; names: Names }) {
  const id = row.about?.kind === 'conversation' ? row.about.id : null;
  const known = useDeskState((state) => (id === null ? undefined : state.inbox[id]));
  if (id !== null && known) {
    const open = (event: MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(toInbox(id));
    };
    return (
      <a href={writeRoute(toInbox(id))} onClick={open}>
        <bdi>{displayName(known)}</bdi>
      </a>
    );
  }
  const text = subject(row, names);
  return text === null ? null : <bdi title={row.about?.id}>{text}</bdi>;
}
