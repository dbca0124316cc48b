/** The canned replies that match what was typed after `/`, and the way to change them. */
import { useState } from 'react';
import type { Canned } from '../../core/canned.ts';
import { CannedEditor } from './CannedEditor.tsx';
import css from './talk.module.css';

export function CannedMenu({
  found,
  picked,
  onUse,
  agentId,
}: {
  found: readonly Canned[];
  picked: number;
  onUse: (item: Canned) => void;
  agentId: string;
}) {
  const [editing, setEditing] = useState(false);
  return (
    <div className={css.canned} role="listbox" aria-label="Canned replies">
      {found.length === 0 ? <p className={css.cannedNone}>No canned reply begins like this.</p> : null}
      {found.map((item, i) => (
        <button
          key={item.name}
          type="button"
          role="option"
          aria-selected={i === picked}
          className={css.cannedItem}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onUse(item)}
        >
          <b>/{item.name}</b>
          <span dir="auto">{item.text}</span>
        </button>
      ))}
      <button type="button" className={css.cannedEdit} onMouseDown={(event) => event.preventDefault()} onClick={() => setEditing(true)}>
        Change canned replies
      </button>
      <CannedEditor opened={editing} onClose={() => setEditing(false)} agentId={agentId} />
    </div>
  );
}
