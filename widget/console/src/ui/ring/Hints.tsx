/** Above the list: what keeps this console from calling the agent, and the one click that mends it. */
import { Button, CloseButton } from '@mantine/core';
import { IconBell, IconMoon, IconVolumeOff } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { may } from '../../core/permissions.ts';
import { useDesk, useDeskState, useServices } from '../context.tsx';
import { useAlerts } from './useAlarm.ts';
import css from './ring.module.css';

export function Hints() {
  const desk = useDesk();
  const { alerts, browser } = useServices();
  const { sound, soundLocked, desktop } = useAlerts();
  const available = useDeskState((state) => state.me?.available ?? true);
  const chats = useDeskState((state) => may(state.me, 'chat'));
  const [declined, setDeclined] = useState(() => browser.get('no-desktop') === 'yes');
  const decline = () => {
    browser.set('no-desktop', 'yes');
    setDeclined(true);
  };
  if (!chats) return null;
  if (!available) {
    return (
      <Hint
        icon={<IconMoon size={18} stroke={1.7} />}
        text="You are away. Nothing rings here."
        label="I am available"
        onClick={() => void desk.setAvailable(true)}
      />
    );
  }
  if (sound && soundLocked) {
    return (
      <Hint
        icon={<IconVolumeOff size={18} stroke={1.7} />}
        text="The browser keeps the ring silent."
        label="Enable sound"
        onClick={() => void alerts.setSound(true)}
      />
    );
  }
  if (desktop === 'default' && !declined) {
    return (
      <Hint
        icon={<IconBell size={18} stroke={1.7} />}
        text="Be called in other windows, too."
        label="Desktop alerts"
        onClick={() => void alerts.askDesktop()}
        onClose={decline}
      />
    );
  }
  return null;
}

function Hint({
  icon,
  text,
  label,
  onClick,
  onClose,
}: {
  icon: ReactNode;
  text: string;
  label: string;
  onClick: () => void;
  onClose?: () => void;
}) {
  return (
    <div className={css.hint} data-warn={onClose === undefined}>
      {icon}
      <span className={css.hintText}>{text}</span>
      <Button size="compact-xs" variant="default" onClick={onClick}>
        {label}
      </Button>
      {onClose ? <CloseButton size="sm" aria-label="Not now" onClick={onClose} /> : null}
    </div>
  );
}
