/** Me: my status, my colleagues, how this browser calls me, and the way out. */
import { Menu, Switch, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconBell,
  IconBolt,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import { Face } from '../common/Face.tsx';
import { useDesk, useDeskState, useServices } from '../context.tsx';
import { useAlerts } from '../ring/useAlarm.ts';
import { CannedEditor } from '../talk/CannedEditor.tsx';
import css from './shell.module.css';

export function MeMenu({ onHelp }: { onHelp: () => void }) {
  const desk = useDesk();
  const { alerts } = useServices();
  const me = useDeskState((state) => state.me);
  const { sound, desktop } = useAlerts();
  const [editing, canned] = useDisclosure(false);
  if (!me) return null;
  return (
    <>
      <Menu position="right-end" width={280} shadow="md" withinPortal>
        <Menu.Target>
          <button type="button" className={css.me} aria-label={`${me.name}, ${me.available ? 'available' : 'away'}. Open the menu`}>
            <Face name={me.name} kind="agent" size={36} online={me.available} />
            <span className={css.meStatus}>{me.available ? 'Available' : 'Away'}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <div className={css.meHead}>
            <strong dir="auto">{me.name}</strong>
            <span>{me.email}</span>
          </div>
          <div className={css.meSwitch}>
            <Switch
              checked={me.available}
              onChange={(event) => void desk.setAvailable(event.currentTarget.checked)}
              label={me.available ? 'Available' : 'Away'}
              description={me.available ? 'Leads can ring you' : 'Nothing rings you'}
              color="brand"
            />
          </div>
          <Menu.Divider />
          <Colleagues />
          <Menu.Item
            leftSection={sound ? <IconVolume size={18} stroke={1.7} /> : <IconVolumeOff size={18} stroke={1.7} />}
            closeMenuOnClick={false}
            onClick={() => void alerts.setSound(!sound)}
          >
            {sound ? 'Sound is on' : 'Sound is off'}
          </Menu.Item>
          {desktop === 'default' ? (
            <Menu.Item leftSection={<IconBell size={18} stroke={1.7} />} onClick={() => void alerts.askDesktop()}>
              Allow desktop alerts
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<IconBolt size={18} stroke={1.7} />} onClick={canned.open}>
            Canned replies
          </Menu.Item>
          <Scheme />
          <Menu.Item leftSection={<IconKeyboard size={18} stroke={1.7} />} rightSection={<kbd className={css.kbd}>?</kbd>} onClick={onHelp}>
            Keyboard
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={18} stroke={1.7} />} onClick={() => void desk.signOut()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <CannedEditor opened={editing} onClose={canned.close} agentId={me.id} />
    </>
  );
}

function Colleagues() {
  const agents = useDeskState((state) => state.agents);
  const me = useDeskState((state) => state.me?.id);
  const others = agents
    .filter((agent) => agent.id !== me)
    .sort((a, b) => Number(b.available) - Number(a.available) || a.name.localeCompare(b.name));
  if (others.length === 0) return null;
  return (
    <>
      <Menu.Label>Colleagues</Menu.Label>
      <ul className={css.colleagues}>
        {others.map((agent) => (
          <li key={agent.id}>
            <Face name={agent.name} kind="agent" size={26} online={agent.available} />
            <span className={css.colleague} dir="auto">
              {agent.name}
            </span>
            <small>{agent.available ? 'Available' : 'Away'}</small>
          </li>
        ))}
      </ul>
      <Menu.Divider />
    </>
  );
}

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' };
const LOOK = {
  auto: { name: 'Colours: as the system', Icon: IconDeviceDesktop },
  light: { name: 'Colours: light', Icon: IconSun },
  dark: { name: 'Colours: dark', Icon: IconMoon },
} as const;

function Scheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { name, Icon } = LOOK[colorScheme];
  return (
    <Menu.Item leftSection={<Icon size={18} stroke={1.7} />} closeMenuOnClick={false} onClick={() => setColorScheme(NEXT[colorScheme])}>
      {name}
    </Menu.Item>
  );
}
