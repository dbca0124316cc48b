import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './settings.module.css';

/** A table of settings: named columns, then one for what can be done with a row. */
export function SettingsTable({ heads, children }: { heads: readonly string[]; children: ReactNode }) {
  return (
    <Table className={css.table} verticalSpacing="sm" horizontalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          {heads.map((head) => (
            <Table.Th key={head}>{head}</Table.Th>
          ))}
          <Table.Th>
            <span className="sr">Actions</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}
