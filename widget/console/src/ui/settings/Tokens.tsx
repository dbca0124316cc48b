/** Tokens with which programs read leads and conversations. */
import { ActionIcon, Button, Modal, Skeleton, Table } from '@mantine/core';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import type { TokenRow } from '@handraise/protocol';
import { useState } from 'react';
import { ago, full, millis } from '../../core/format.ts';
import { SCOPES } from '../../core/permissions.ts';
import { Empty, Problem } from '../common/States.tsx';
import { useServices } from '../context.tsx';
import { useNow } from '../hooks.ts';
import { NewToken } from './NewToken.tsx';
import { told } from './say.ts';
import { useLoaded } from './useLoaded.ts';
import css from './settings.module.css';
import { SettingsTable } from './SettingsTable.tsx';

export function Tokens() {
  const { account } = useServices();
  const { answer, reload } = useLoaded(account.tokens);
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<TokenRow | null>(null);
  const rows = answer?.ok ? answer.value.tokens : [];
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  const made = () => {
    setMaking(false);
    reload();
  };
  const remove = async (row: TokenRow) => {
    setRemoving(null);
    told(await account.removeToken(row.id), `${row.name} is locked out.`);
    reload();
  };
  return (
    <>
      <header className={css.head}>
        <div>
          <h1 className={css.title}>API tokens</h1>
          <p className={css.lead}>With a token a program of yours, such as your CRM, reads leads and conversations.</p>
        </div>
        {rows.length > 0 ? make : null}
      </header>
      {answer === null ? <Skeleton height={44} my="sm" role="status" aria-label="Loading" /> : null}
      {answer?.ok === false ? <Problem title="The tokens could not be loaded" message={answer.message} onRetry={reload} /> : null}
      {answer?.ok && rows.length === 0 ? (
        <Empty Icon={IconKey} title="No program comes in yet" action={make}>
          Make a token for each program, with no more than it needs. Then you can lock one out without the others.
        </Empty>
      ) : null}
      {rows.length > 0 ? <TokenTable rows={rows} onRemove={setRemoving} /> : null}
      <Modal opened={making} onClose={made} title="New token" closeOnClickOutside={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        <NewToken onDone={made} />
      </Modal>
      <Modal
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title="Remove this token?"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {removing ? (
          <div className={css.form}>
            <p className={css.text}>Whatever uses “{removing.name}” is locked out at once. This cannot be taken back.</p>
            <div className={css.acts}>
              <Button color="red" onClick={() => void remove(removing)}>
                Remove
              </Button>
              <Button variant="default" onClick={() => setRemoving(null)} data-autofocus>
                Keep it
              </Button>
            </div>
          </div>
        ) : null}
      </Modal>
    </>
  );
}

function TokenTable({ rows, onRemove }: { rows: readonly TokenRow[]; onRemove: (row: TokenRow) => void }) {
  const now = useNow(30_000);
  return (
    <SettingsTable heads={['Name', 'May', 'Last used', 'Ends']}>
      {rows.map((row) => (
        <Table.Tr key={row.id}>
          <Table.Td className={css.whoCell}>
            <span className={css.who}>
              <b>
                <bdi>{row.name}</bdi>
              </b>
              <span>
                hr_…{row.hint} · by {row.made_by}
              </span>
            </span>
          </Table.Td>
          <Table.Td data-label="May">{row.scopes.map((scope) => SCOPES[scope as keyof typeof SCOPES] ?? scope).join(', ')}</Table.Td>
          <Table.Td data-label="Last used">
            <span className={css.quiet} title={row.last_used_at ? full(row.last_used_at) : undefined}>
              {row.last_used_at ? ago(row.last_used_at, now) : 'Never'}
            </span>
          </Table.Td>
          <Table.Td data-label="Ends">
            <Ends at={row.expires_at} now={now} />
          </Table.Td>
          <Table.Td className={css.menuCell}>
            <ActionIcon size={36} aria-label={`Remove ${row.name}`} onClick={() => onRemove(row)}>
              <IconTrash size={18} stroke={1.7} />
            </ActionIcon>
          </Table.Td>
        </Table.Tr>
      ))}
    </SettingsTable>
  );
}

function Ends({ at, now }: { at: string | null; now: number }) {
  if (at === null) return <span className={css.quiet}>Never</span>;
  if (millis(at) < now) return <span className={css.bad}>Has run out</span>;
  return <time dateTime={at}>{new Date(millis(at)).toLocaleDateString(undefined, { dateStyle: 'medium' })}</time>;
}
