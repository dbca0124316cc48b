/** How this browser may call the agent: sound and desktop notifications, with what was chosen and what is allowed. */
import type { Keep } from '../../core/keep.ts';
import type { Chime } from './chime.ts';

export interface AlertsState {
  /** Chosen by the agent; on from the start. */
  sound: boolean;
  /** The browser still wants a click before anything sounds. */
  soundLocked: boolean;
  desktop: NotificationPermission | 'unsupported';
}

export interface Alerts {
  get(): AlertsState;
  subscribe(listener: () => void): () => void;
  setSound(on: boolean): Promise<void>;
  askDesktop(): Promise<void>;
  chime: Chime;
}

export function createAlerts(keep: Keep, chime: Chime): Alerts {
  const listeners = new Set<() => void>();
  let state: AlertsState = { sound: keep.get('sound') !== 'off', soundLocked: !chime.ready(), desktop: permission() };
  const set = (change: Partial<AlertsState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const unlock = async () => set({ soundLocked: !(await chime.unlock()) });
  // Any first click or key on the page is enough for the browser.
  const onGesture = () => {
    void unlock().then(() => {
      if (state.soundLocked) return;
      removeEventListener('pointerdown', onGesture);
      removeEventListener('keydown', onGesture);
    });
  };
  addEventListener('pointerdown', onGesture);
  addEventListener('keydown', onGesture);
  if (navigator.userActivation.hasBeenActive) void unlock();
  return {
    chime,
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async setSound(on) {
      keep.set('sound', on ? null : 'off');
      set({ sound: on });
      if (!on) return;
      await unlock();
      chime.play();
    },
    async askDesktop() {
      if ('Notification' in window) await Notification.requestPermission();
      set({ desktop: permission() });
    },
  };
}

function permission(): AlertsState['desktop'] {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}
