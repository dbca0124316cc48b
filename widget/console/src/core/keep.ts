/** What stays in the browser: drafts (per tab), seen marks, sound and canned replies (per agent). Full or blocked storage is no error. */

export interface Keep {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
  /** Every key that begins like this. */
  keys(beginning: string): string[];
  /** Forget every key that begins like this. */
  clear(beginning: string): void;
}

/** A `Keep` over web storage; `area` is a function because merely touching a blocked storage throws. */
export function keepIn(area: () => Storage, prefix = 'handraise.'): Keep {
  // Without storage things live only as long as the page.
  const memory = new Map<string, string | null>();
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key) ?? null;
      try {
        return area().getItem(prefix + key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value === null) area().removeItem(prefix + key);
        else area().setItem(prefix + key, value);
        memory.delete(key);
      } catch {
        memory.set(key, value);
      }
    },
    keys(beginning) {
      const here = [...memory].flatMap(([key, value]) => (value === null ? [] : [key]));
      let there: string[] = [];
      try {
        there = Object.keys(area()).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
      } catch {
        // Nothing is kept.
      }
      return [...new Set([...here, ...there])].filter((key) => key.startsWith(beginning));
    },
    clear(beginning) {
      for (const key of memory.keys()) if (key.startsWith(beginning)) memory.delete(key);
      try {
        for (const key of Object.keys(area())) if (key.startsWith(prefix + beginning)) area().removeItem(key);
      } catch {
        // Nothing was kept, so there is nothing to forget.
      }
    },
  };
}

export const readDraft = (keep: Keep, conversationId: string): string => keep.get(`draft.${conversationId}`) ?? '';

/** The conversations in which something is being written. */
export const drafts = (keep: Keep): string[] => keep.keys('draft.').map((key) => key.slice('draft.'.length));

export function saveDraft(keep: Keep, conversationId: string, text: string): void {
  keep.set(`draft.${conversationId}`, text === '' ? null : text);
}

const SEEN_LIMIT = 500;

export function readSeen(keep: Keep): Record<string, number> {
  const raw = readJson(keep, 'seen');
  if (typeof raw !== 'object' || raw === null) return {};
  return Object.fromEntries(Object.entries(raw).filter((pair): pair is [string, number] => typeof pair[1] === 'number'));
}

export function saveSeen(keep: Keep, seen: Readonly<Record<string, number>>): void {
  keep.set('seen', JSON.stringify(Object.fromEntries(Object.entries(seen).slice(-SEEN_LIMIT))));
}

export function readJson(keep: Keep, key: string): unknown {
  try {
    return JSON.parse(keep.get(key) ?? 'null') as unknown;
  } catch {
    return null;
  }
}
