/** Everybody with an account: who may do what, who has a second factor, who was here last; and the invitation of others. */
import { Button, Modal, Skeleton, Table } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import type { Link, PersonRow } from '@handraise/protocol';
import { useState } from 'react';
import { ago, full } from '../../core/format.ts';
import { ROLES } from '../../core/permissions.ts';
import { Face } from '../common/Face.tsx';
import { Problem } from '../common/States.tsx';
import { useDeskState, useServices } from '../context.tsx';
import { useNow } from '../hooks.ts';
import { Invite, LinkToGive } from './Invite.tsx';
import { PersonMenu } from './PersonMenu.tsx';
import { useLoaded } from './useLoaded.ts';
import css from './settings.module.css';
import { SettingsTable } from './SettingsTable.tsx';

export function People() {
  const { account } = useServices();
  const { answer, reload } = useLoaded(account.people);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<Link | null>(null);
  const done = () => {
    setInviting(false);
    setLink(null);
    reload();
  };
  return (
    <>
      <header className={css.head}>
        <div>
          <h1 className={css.title}>People</h1>
          <p className={css.lead}>Who signs in to the console, and what they may do there.</p>
        </div>
        <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
          Invite
        </Button>
      </header>
      {answer === null ? <Loading /> : null}
      {answer?.ok === false ? <Problem title="The list could not be loaded" message={answer.message} onRetry={reload} /> : null}
      {answer?.ok === true ? <PeopleTable people={answer.value.people} onChange={reload} onLink={setLink} /> : null}
      <Modal
        opened={inviting || link !== null}
        onClose={done}
        title={link ? 'Give them this link' : 'Invite somebody'}
        closeOnClickOutside={link === null}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {link ? <LinkToGive link={link} onDone={done} /> : <Invite onInvited={setLink} />}
      </Modal>
    </>
  );
}

interface TableProps {
  people: readonly PersonRow[];
  onChange: () => void;
  onLink: (link: Link) => void;
}

function PeopleTable({ people, onChange, onLink }: TableProps) {
  return (
    <SettingsTable heads={['Name', 'Role', 'Second factor', 'Last seen']}>
      {people.map((person) => (
        // Who has not said yet what they are called is known by their address.
        <Row key={person.id} person={{ ...person, name: person.name || person.email }} onChange={onChange} onLink={onLink} />
      ))}
    </SettingsTable>
  );
}

function Row({ person, onChange, onLink }: { person: PersonRow; onChange: () => void; onLink: (link: Link) => void }) {
  const mine = useDeskState((state) => state.me?.id === person.id);
  const now = useNow(30_000);
  return (
    <Table.Tr data-off={!person.active}>
      <Table.Td className={css.whoCell}>
        <Face name={person.name} kind="agent" size={32} />
        <span className={css.who}>
          <b>
            <bdi>{person.name}</bdi>
            {mine ? <span className={css.quiet}> (you)</span> : null}
          </b>
          <span>{person.email}</span>
        </span>
      </Table.Td>
      <Table.Td data-label="Role">{ROLES[person.role].name}</Table.Td>
      <Table.Td data-label="Second factor">
        <span className={person.second_factor ? css.good : css.quiet}>{person.second_factor ? 'On' : 'Off'}</span>
      </Table.Td>
      <Table.Td data-label="Last seen">
        <Seen person={person} now={now} />
      </Table.Td>
      <Table.Td className={css.menuCell}>
        <PersonMenu person={person} onChange={onChange} onLink={onLink} />
      </Table.Td>
    </Table.Tr>
  );
}

function Seen({ person, now }: { person: PersonRow; now: number }) {
  if (!person.active) return <span className={css.bad}>Switched off</span>;
  if (person.invited) return <span className={css.warn}>Invited, not here yet</span>;
  if (person.seen === null) return <span className={css.quiet}>Signed out</span>;
  return (
    <time dateTime={person.seen} title={full(person.seen)} className={css.quiet}>
      {ago(person.seen, now)}
    </time>
  );
}

function Loading() {
  return (
    <div role="status" aria-label="Loading">
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} height={44} my="sm" />
      ))}
    </div>
  );
}
