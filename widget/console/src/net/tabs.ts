/** What the tabs of one browser tell each other: a call put off in one is put off in all. */
import { parse } from '@handraise/protocol';
import * as v from 'valibot';

const Later = v.object({ type: v.literal('later'), id: v.string() });

export interface Tabs {
  tellLater(id: string): void;
}

export function createTabs(onLater: (id: string) => void): Tabs {
  if (typeof BroadcastChannel === 'undefined') return { tellLater: () => undefined };
  const channel = new BroadcastChannel('handraise.console');
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const said = parse(Later, data);
    if (said) onLater(said.id);
  };
  return { tellLater: (id) => channel.postMessage({ type: 'later', id }) };
}
