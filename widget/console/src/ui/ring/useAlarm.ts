/** Everything that calls the agent while somebody waits, and ends when nobody does: sound, title, badge, notification. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { isUnread } from '../../core/inbox.ts';
import { may } from '../../core/permissions.ts';
import { displayName } from '../../core/names.ts';
import { isLoud, shownRings, type Ring } from '../../core/ring.ts';
import { useDeskState, useServices } from '../context.tsx';
import type { AlertsState } from './alerts.ts';
import { whileFirstTab } from './firstTab.ts';

const REPEAT_MS = 3500;

export function useAlerts(): AlertsState {
  const { alerts } = useServices();
  return useSyncExternalStore(alerts.subscribe, alerts.get);
}

/** Rings for this agent: none while away. */
export function useRings(): Ring[] {
  const rings = useDeskState((state) => state.rings);
  const available = useDeskState((state) => (state.me?.available ?? false) && may(state.me, 'chat'));
  return useMemo(() => (available ? shownRings(rings) : []), [rings, available]);
}

export function useAlarm(): void {
  const rings = useRings();
  const loud = rings.filter(isLoud);
  useSound(loud.length > 0);
  useDesktopNotifications(loud);
  useTitle(rings);
}

function useSound(on: boolean): void {
  const { alerts } = useServices();
  const { sound, soundLocked } = useAlerts();
  useEffect(() => {
    if (!on || !sound || soundLocked) return;
    // Two tabs of one agent are one agent: the first that may make a sound does.
    return whileFirstTab('handraise.ring', () => {
      alerts.chime.play();
      const timer = setInterval(() => alerts.chime.play(), REPEAT_MS);
      return () => clearInterval(timer);
    });
  }, [alerts, on, sound, soundLocked]);
}

function useDesktopNotifications(loud: readonly Ring[]): void {
  const { desktop } = useServices();
  const shown = useRef(new Map<string, string>());
  useEffect(() => {
    for (const { summary, handoffId } of loud) {
      if (shown.current.get(summary.conversation_id) === handoffId) continue;
      shown.current.set(summary.conversation_id, handoffId);
      desktop.show(summary);
    }
    for (const id of [...shown.current.keys()]) {
      if (loud.some((ring) => ring.summary.conversation_id === id)) continue;
      shown.current.delete(id);
      desktop.hide(id);
    }
  }, [desktop, loud]);
}

function useTitle(rings: readonly Ring[]): void {
  const inbox = useDeskState((state) => state.inbox);
  const seen = useDeskState((state) => state.seen);
  const me = useDeskState((state) => state.me?.id ?? null);
  const unread = Object.values(inbox).filter((row) => isUnread(row, seen, me)).length;
  const first = rings[0];
  const title = first
    ? `${rings.length > 1 ? `${String(rings.length)} people are` : `${displayName(first.summary)} is`} waiting · Handraise`
    : `${unread > 0 ? `(${String(unread)}) ` : ''}Handraise`;
  const icon = first ? 'icon-ring' : unread > 0 ? 'icon-unread' : 'icon';
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    document.querySelector('link[rel="icon"]')?.setAttribute('href', `/console/${icon}.svg`);
  }, [icon]);
}
