/** The frame of the signed-in console: rail, banner, page, and the call that can come at any time. */
import { useDisclosure } from '@mantine/hooks';
import { InboxPage } from '../inbox/InboxPage.tsx';
import { LeadsPage } from '../leads/LeadsPage.tsx';
import { RingPanel } from '../ring/RingPanel.tsx';
import { useAlarm } from '../ring/useAlarm.ts';
import { useIsPhone, useRoute } from '../hooks.ts';
import { SettingsPage } from '../settings/SettingsPage.tsx';
import { Banner } from './Banner.tsx';
import { Help } from './Help.tsx';
import { Rail } from './Rail.tsx';
import { useNews } from './useNews.ts';
import { useShellKeys } from './useShellKeys.ts';
import css from './shell.module.css';

export function Shell() {
  const route = useRoute();
  const phone = useIsPhone();
  const [helping, help] = useDisclosure(false);
  useAlarm();
  useNews();
  useShellKeys(route, help.open);
  const inside = phone && route.page === 'inbox' && route.id !== null;
  return (
    <div className={css.shell}>
      {inside ? null : <Rail page={route.page} onHelp={help.open} />}
      <div className={css.main}>
        <Banner />
        <div className={css.page}>
          {route.page === 'inbox' ? <InboxPage id={route.id} panel={route.panel} /> : null}
          {route.page === 'leads' ? <LeadsPage route={route} /> : null}
          {route.page === 'settings' ? <SettingsPage section={route.section} /> : null}
        </div>
      </div>
      <RingPanel />
      <Help opened={helping} onClose={help.close} />
    </div>
  );
}
