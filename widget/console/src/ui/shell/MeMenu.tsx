/** Me: my status, my colleagues, how this browser calls me, and the way out. */
import { Popover, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell, IconBolt, IconKeyboard, IconLogout, IconUser, IconVolume, IconVolumeOff } from '@tabler/icons-react';
import { may } from '../../core/permissions.ts';
import { Face } from '../common/Face.tsx';
import { useDesk, useDeskState, useServices } from '../context.tsx';
import { go, toSettings, useIsPhone } from '../hooks.ts';
import { useAlerts } from '../ring/useAlarm.ts';
import { CannedEditor } from '../talk/CannedEditor.tsx';
import { Colleagues } from './Colleagues.tsx';
import { MeItem } from './MeItem.tsx';
import { Scheme } from './Scheme.tsx';
import css from './shell.module.css';

export function MeMenu({ onHelp }: { onHelp: () => void }) {
  const me = useDeskState((state) => state.me);
  const [opened, menu] = useDisclosure(false);
  const phone = useIsPhone();
  const [editing, canned] = useDisclosure(false);
  if (!me) return null;
  const chats = may(me, 'chat');
  const then = (act: () => void) => () => {
    menu.close();
    act();
  };
  return (
    <>
      <Popover
        opened={opened}
        onChange={menu.set}
        position={phone ? 'top-end' : 'right-end'}
        width={280}
        shadow="md"
        radius="lg"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <button type="button" className={css.me} onClick={menu.toggle}>
            <Face name={me.name} kind="agent" size={36} {...(chats ? { online: me.available } : {})} />
            <span className="sr">{me.name}, </span>
            <span className={css.meStatus}>{chats ? (me.available ? 'Available' : 'Away') : 'You'}</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown className={css.meMenu} aria-label="You and your settings">
          <div className={css.meHead}>
            <strong>
              <bdi>{me.name}</bdi>
            </strong>
            <span>{me.email}</span>
          </div>
          {chats ? <Status available={me.available} /> : null}
          <Colleagues />
          <Items onHelp={then(onHelp)} onCanned={then(canned.open)} onYou={then(() => go(toSettings('you')))} />
        </Popover.Dropdown>
      </Popover>
      <CannedEditor opened={editing} onClose={canned.close} agentId={me.id} />
    </>
  );
}

function Status({ available }: { available: boolean }) {
  const desk = useDesk();
  return (
    <div className={css.meSwitch}>
      <Switch
        data-autofocus
        checked={available}
        onChange={(event) => void desk.setAvailable(event.currentTarget.checked)}
        label={available ? 'Available' : 'Away'}
        description={available ? 'Leads can ring you' : 'Nothing rings you'}
        color="brand"
      />
    </div>
  );
}

function Items({ onHelp, onCanned, onYou }: { onHelp: () => void; onCanned: () => void; onYou: () => void }) {
  const desk = useDesk();
  const { alerts } = useServices();
  const { sound, desktop } = useAlerts();
  return (
    <>
      <div className={css.meGroup}>
        <MeItem Icon={sound ? IconVolume : IconVolumeOff} onClick={() => void alerts.setSound(!sound)}>
          {sound ? 'Sound is on' : 'Sound is off'}
        </MeItem>
        {desktop === 'default' ? (
          <MeItem Icon={IconBell} onClick={() => void alerts.askDesktop()}>
            Allow desktop alerts
          </MeItem>
        ) : null}
        <MeItem Icon={IconBolt} onClick={onCanned}>
          Canned replies
        </MeItem>
        <Scheme />
        <MeItem Icon={IconKeyboard} onClick={onHelp} end={<kbd className={css.kbd}>?</kbd>}>
          Keyboard
        </MeItem>
      </div>
      <div className={css.meGroup}>
        <MeItem Icon={IconUser} onClick={onYou}>
          Your account
        </MeItem>
        <MeItem Icon={IconLogout} onClick={() => void desk.signOut()}>
          Sign out
        </MeItem>
      </div>
    </>
  );
}
