/** The few line icons of the window. */
const PATHS = {
  close: 'm6.5 6.5 11 11m0-11-11 11',
  down: 'M5.5 9.2 12 15.7l6.5-6.5',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  send: 'M12 19.5v-15m0 0L5.5 11M12 4.5l6.5 6.5',
  sound: 'M11 5.5 7 9H4v6h3l4 3.5v-13Zm4.5 3a5 5 0 0 1 0 7M18 6a9 9 0 0 1 0 12',
  mute: 'M11 5.5 7 9H4v6h3l4 3.5v-13ZM15.5 9.5l5 5m0-5-5 5',
  save: 'M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 19.5h14',
  again: 'M19 12a7 7 0 1 1-2.2-5.1M19 3.8v4.4h-4.4',
  alert: 'M12 8v5m0 3.2v.01M12 3.5 2.8 19.5h18.4L12 3.5Z',
  cloud: 'M4 4l16 16M8 8.2A5 5 0 0 0 7.5 18H17M11 6.6a5.5 5.5 0 0 1 6.3 4.6A3.6 3.6 0 0 1 19.4 17',
  undo: 'M8.5 5.5 4.5 9.5l4 4M4.8 9.5h9a5.2 5.2 0 0 1 0 10.4h-4',
  erase: 'M5 7h14M10 7V4.8h4V7M7 7l.9 12.2h8.2L17 7M10.4 10.5v5.4m3.2-5.4v5.4',
  hand: 'M7.5 12V6.6a1.4 1.4 0 0 1 2.8 0V11m0-.5V4.9a1.4 1.4 0 0 1 2.8 0V11m0-.3V6.1a1.4 1.4 0 0 1 2.8 0v6m0-2.6a1.4 1.4 0 0 1 2.8 0v4.9c0 3.3-2.4 5.6-5.6 5.6-2.7 0-4.2-1.1-5.6-3.4l-2.6-4.3c-1-1.7 1.2-3 2.4-1.6L7.5 12Z',
  star: 'm12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8L12 3.8Z',
} as const;

export function Icon({ name, filled = false }: { name: keyof typeof PATHS; filled?: boolean }) {
  // Going back points the other way where one reads from right to left.
  const kind = filled ? ' filled' : name === 'undo' ? ' turns' : '';
  return (
    <svg class={`icon${kind}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
