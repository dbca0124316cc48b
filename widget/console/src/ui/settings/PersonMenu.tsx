/** What can be done with somebody's account; what cannot be taken back is asked once more. */
import { ActionIcon, Button, Menu, Modal } from '@mantine/core';
import { IconCheck, IconDots, IconLink, IconShieldOff, IconUserCheck, IconUserOff } from '@tabler/icons-react';
import type { Link, PersonRow, Role } from '@handraise/protocol';
import { useState } from 'react';
import { ROLES } from '../../core/permissions.ts';
import type { Answer } from '../../net/http.ts';
import { useServices } from '../context.tsx';
import { say, told } from './say.ts';
import css from './settings.module.css';

interface PersonMenuProps {
  person: PersonRow;
  onChange: () => void;
  onLink: (link: Link) => void;
}

export function PersonMenu({ person, onChange, onLink }: PersonMenuProps) {
  const { account } = useServices();
  const [asking, setAsking] = useState(false);
  const act = async (work: Promise<Answer<unknown>>, done: string) => {
    told(await work, done);
    onChange();
  };
  const makeLink = async () => {
    const answer = await account.link(person.id);
    if (answer.ok) onLink(answer.value);
    else say(answer.message, 'red');
  };
  const setRole = (role: Role) =>
    void act(account.setRole(person.id, role), `${person.name} is now ${ROLES[role].name.toLowerCase()} and has to sign in again.`);
  return (
    <>
      <Menu position="bottom-end" shadow="md" radius="lg" width={250}>
        <Menu.Target>
          <ActionIcon size={36} aria-label={`Change ${person.name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Role</Menu.Label>
          {(Object.keys(ROLES) as Role[]).map((role) => (
            <Menu.Item
              key={role}
              leftSection={role === person.role ? <IconCheck size={16} /> : <span className={css.noIcon} />}
              disabled={role === person.role}
              onClick={() => setRole(role)}
            >
              {ROLES[role].name}
              <small className={css.menuNote}>{ROLES[role].can}</small>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLink size={16} />} disabled={!person.active} onClick={() => void makeLink()}>
            {person.invited ? 'New invitation link' : 'Link for a new password'}
          </Menu.Item>
          {person.second_factor ? (
            <Menu.Item leftSection={<IconShieldOff size={16} />} onClick={() => setAsking(true)}>
              Switch second factor off
            </Menu.Item>
          ) : null}
          <Menu.Item
            leftSection={person.active ? <IconUserOff size={16} /> : <IconUserCheck size={16} />}
            className={person.active ? css.bad : undefined}
            onClick={() =>
              void act(
                account.setActive(person.id, !person.active),
                person.active ? `${person.name} is signed out and cannot come back.` : `${person.name} may sign in again.`,
              )
            }
          >
            {person.active ? 'Switch account off' : 'Switch account on'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title="Switch second factor off?"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <div className={css.form}>
          <p className={css.text}>
            {person.name} then signs in with the password alone. Do this only when you are sure that it is {person.name} who asks.
          </p>
          <div className={css.acts}>
            <Button
              color="red"
              onClick={() => {
                setAsking(false);
                void act(account.factorOff(person.id), `${person.name} has no second factor any more.`);
              }}
            >
              Switch off
            </Button>
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              Keep it
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
