/** The composition root of the console: builds every part once and gives each what it needs. */
import './policy.ts';
import './mantine.css';
import '../../tokens.css';
import './base.css';

import { newId } from '@handraise/protocol';
import { MantineProvider, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { keepIn, readSeen } from './core/keep.ts';
import { initialDesk } from './core/state.ts';
import { createAccountApi } from './net/account.ts';
import { createApi } from './net/api.ts';
import { createAuditApi } from './net/audit.ts';
import { Desk, type News } from './net/desk.ts';
import { Http } from './net/http.ts';
import { createLink } from './net/socket.ts';
import { createStore } from './net/store.ts';
import { createTabs } from './net/tabs.ts';
import { styleNonce } from './policy.ts';
import { applyScheme, schemeManager } from './scheme.ts';
import { cssVariables, theme } from './theme.ts';
import { ServicesProvider, type Services } from './ui/context.tsx';
import { go, toInbox } from './ui/hooks.ts';
import { createAlerts } from './ui/ring/alerts.ts';
import { createChime } from './ui/ring/chime.ts';
import { createDesktop } from './ui/ring/desktop.ts';

function build(): Services {
  const browser = keepIn(() => localStorage);
  const tab = keepIn(() => sessionStorage);
  const store = createStore({ ...initialDesk, seen: readSeen(browser) });
  const listeners = new Set<(item: News) => void>();
  const news = (item: News) => listeners.forEach((listener) => listener(item));
  const { tellLater } = createTabs((id) => desk.laterElsewhere(id));
  const http = new Http();
  const [api, account, audit] = [createApi(http), createAccountApi(http), createAuditApi(http)];
  const desk = new Desk({ store, api, makeLink: (handlers) => createLink(handlers), keep: browser, tab, tellLater, news, newId });
  const accept = async (id: string) => {
    if (await desk.accept(id)) go(toInbox(id));
  };
  const desktop = createDesktop({ onOpen: (id) => go(toInbox(id)), onAccept: (id) => void accept(id) });
  const onNews: Services['onNews'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { store, desk, api, account, audit, tab, browser, alerts: createAlerts(browser, createChime()), desktop, onNews };
}

function SchemeToTokens() {
  const { colorScheme } = useMantineColorScheme();
  useEffect(() => applyScheme(colorScheme), [colorScheme]);
  return null;
}

applyScheme(schemeManager.get('auto'));
/** Over dialogs (200), under a call (ring.module.css: 250), whose buttons no passing word may cover. */
const UNDER_RINGS = 240;

const services = build();
void services.desk.start();
addEventListener('offline', () => services.desk.doubt());
addEventListener('online', () => services.desk.nudge());
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && services.desk.nudge());
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <SchemeToTokens />
      <Notifications position="top-right" limit={3} zIndex={UNDER_RINGS} />
      <ServicesProvider services={services}>
        <App />
      </ServicesProvider>
    </MantineProvider>
  </StrictMode>,
);
