/** The left rail (on a phone the bar below): where one can go, and me with my status. */
import { IconInbox, IconSettings, IconUsers } from '@tabler/icons-react';
import type { ComponentType, MouseEvent } from 'react';
import { counts } from '../../core/inbox.ts';
import { writeRoute, type Route } from '../../core/route.ts';
import { Mark } from '../common/Mark.tsx';
import { useDeskState } from '../context.tsx';
import { go, toInbox, toLeads, toSettings } from '../hooks.ts';
import { MeMenu } from './MeMenu.tsx';
import css from './shell.module.css';

export function Rail({ page, onHelp }: { page: Route['page']; onHelp: () => void }) {
  const inbox = useDeskState((state) => state.inbox);
  const waiting = counts(inbox, null).waiting;
  return (
    <nav className={css.rail} aria-label="Main">
      <span className={css.mark}>
        <Mark size={36} />
      </span>
      <Place route={toInbox(null)} name="Inbox" Icon={IconInbox} here={page === 'inbox'} count={waiting} />
      <Place route={toLeads} name="Leads" Icon={IconUsers} here={page === 'leads'} count={0} />
      <Place route={toSettings('you')} name="Settings" Icon={IconSettings} here={page === 'settings'} count={0} />
      <span className={css.spring} />
      <MeMenu onHelp={onHelp} />
    </nav>
  );
}

interface PlaceProps {
  route: Route;
  name: string;
  Icon: ComponentType<{ size?: number; stroke?: number }>;
  here: boolean;
  count: number;
}

function Place({ route, name, Icon, here, count }: PlaceProps) {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(route);
  };
  return (
    <a className={css.place} href={writeRoute(route)} aria-current={here ? 'page' : undefined} onClick={onClick}>
      <span className={css.placeIcon}>
        <Icon size={22} stroke={1.7} />
        {count > 0 ? (
          <span className={css.badge}>
            {count}
            <span className="sr"> waiting</span>
          </span>
        ) : null}
      </span>
      {name}
    </a>
  );
}
