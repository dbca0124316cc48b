/** The canned replies that match what was typed after `/`, and the way to change them. */
import { useState } from 'react';
import type { Canned } from '../../core/canned.ts';
import { CannedEditor } from './CannedEditor.tsx';
import css from './composer.module.css';

export const CANNED_LIST = 'canned-replies';
export const cannedOption = (at: number): string => `${CANNED_LIST}-${String(at)}`;

interface CannedMenuProps {
  found: readonly Canned[];
  picked: number;
  onUse: (item: Canned) => void;
  /** The text as it would be sent. */
  preview: (item: Canned) => string;
  agentId: string;
}

export function CannedMenu({ found, picked, onUse, preview, agentId }: CannedMenuProps) {
  const [editing, setEditing] = useState(false);
  return (
    <div className={css.canned}>
      <div id={CANNED_LIST} role="listbox" aria-label="Canned replies">
        {found.map((item, i) => (
          <div
            key={item.name}
            id={cannedOption(i)}
            role="option"
            aria-selected={i === picked}
            className={css.cannedItem}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onUse(item)}
          >
            <b>/{item.name}</b>
            <span dir="auto">{preview(item)}</span>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className={css.cannedNone}>No canned reply begins like this.</p> : null}
      <button type="button" className={css.cannedEdit} onMouseDown={(event) => event.preventDefault()} onClick={() => setEditing(true)}>
        Change canned replies
      </button>
      <CannedEditor opened={editing} onClose={() => setEditing(false)} agentId={agentId} />
    </div>
  );
}
