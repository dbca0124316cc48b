/** Keeps unsent replies in the tab as they come and go, and gives back what an earlier page of the tab left. */
import type { Keep } from '../core/keep.ts';
import type { DeskState, Pending } from '../core/state.ts';
import { readUnsent, saveUnsent, unsentOf, type Rows } from '../core/unsent.ts';
import type { Store } from './store.ts';

export class KeptReplies {
  /** Left by an earlier page and not taken up yet: their conversations are not open here. */
  private left: Rows;
  private saved: DeskState['talks'] = {};

  constructor(
    private readonly store: Store,
    private readonly keep: Keep,
  ) {
    this.left = readUnsent(keep);
    store.subscribe(() => this.save());
  }

  ids(): string[] {
    return Object.keys(this.left);
  }

  /** Once its conversation is open: into the hands of the store. */
  take(id: string): readonly Pending[] {
    const { [id]: lines = [], ...left } = this.left;
    this.left = left;
    return lines;
  }

  forget(): void {
    this.left = {};
    saveUnsent(this.keep, {});
  }

  private save(): void {
    const { talks } = this.store.get();
    const before = this.saved;
    if (talks === before) return;
    this.saved = talks;
    const ids = new Set([...Object.keys(talks), ...Object.keys(before)]);
    if ([...ids].some((id) => talks[id]?.pending !== before[id]?.pending)) saveUnsent(this.keep, { ...this.left, ...unsentOf(talks) });
  }
}
