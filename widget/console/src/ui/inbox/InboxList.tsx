/** The list of conversations with its sections and search. */
import { CloseButton, Skeleton, TextInput } from '@mantine/core';
import { IconArchive, IconBellRinging, IconMessageCircle, IconSearch, IconUserCheck } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { counts, listed, SECTION_NAMES, SECTIONS, type Section } from '../../core/inbox.ts';
import { Empty } from '../common/States.tsx';
import { useDeskState } from '../context.tsx';
import { Hints } from '../ring/Hints.tsx';
import { useListKeys } from './useListKeys.ts';
import { InboxRow } from './InboxRow.tsx';
import css from './inbox.module.css';

/** `as`: what the list is on this screen, the page itself or a column beside it. */
export function InboxList({ openId, as: Box }: { openId: string | null; as: 'main' | 'section' }) {
  const inbox = useDeskState((state) => state.inbox);
  const ready = useDeskState((state) => state.inboxReady);
  const me = useDeskState((state) => state.me?.id ?? null);
  const [section, setSection] = useState<Section>('open');
  const [words, setWords] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const rows = listed(inbox, section, words, me);
  useListKeys(rows, openId, search);

  return (
    <Box className={css.list} aria-label="Inbox">
      <header className={css.listHead}>
        <h1 className={css.listTitle}>Inbox</h1>
        <TextInput
          ref={search}
          type="text"
          aria-label="Search the inbox"
          placeholder="Search"
          leftSection={<IconSearch size={16} />}
          rightSection={words === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setWords('')} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Sections section={section} count={counts(inbox, me)} onChange={setSection} />
      </header>
      <Hints />
      <div className={css.rows}>
        {!ready ? <Loading /> : null}
        {ready && rows.length === 0 ? <NoRows section={section} words={words} onClear={() => setWords('')} /> : null}
        <ul className={css.rowList}>
          {rows.map((row) => (
            <InboxRow key={row.conversation_id} row={row} open={row.conversation_id === openId} />
          ))}
        </ul>
      </div>
    </Box>
  );
}

function Sections({
  section,
  count,
  onChange,
}: {
  section: Section;
  count: Record<Section, number>;
  onChange: (section: Section) => void;
}) {
  return (
    <div className={css.sections} role="group" aria-label="Show">
      {SECTIONS.map((name) => (
        <button
          key={name}
          type="button"
          className={css.section}
          aria-pressed={section === name}
          data-call={name === 'waiting' && count.waiting > 0}
          onClick={() => onChange(name)}
        >
          {SECTION_NAMES[name]}
          {count[name] > 0 ? <span className={css.count}>{count[name]}</span> : null}
        </button>
      ))}
    </div>
  );
}

function Loading() {
  return (
    <div aria-busy="true" aria-label="Loading the inbox">
      {[0, 1, 2, 3, 4].map((i) => (
        <div key={i} className={css.skeleton}>
          <Skeleton circle height={36} />
          <div>
            <Skeleton height={12} width="55%" mb={8} />
            <Skeleton height={10} width="90%" mb={8} />
            <Skeleton height={16} width="40%" radius="xl" />
          </div>
        </div>
      ))}
    </div>
  );
}

const EMPTY = {
  waiting: {
    Icon: IconBellRinging,
    title: 'Nobody is waiting',
    text: 'When a hot lead or a visitor asks for a person, this console rings.',
  },
  mine: { Icon: IconUserCheck, title: 'You are in no conversation', text: 'Accept a visitor who waits, or take over from the assistant.' },
  open: {
    Icon: IconMessageCircle,
    title: 'No conversations yet',
    text: 'Write a line in the chat on your site or on the demo page, and it appears here at once. For the line that puts the chat on a page, run handraise embed.',
  },
  closed: { Icon: IconArchive, title: 'Nothing closed yet', text: 'Conversations that you close are kept here.' },
} as const;

function NoRows({ section, words, onClear }: { section: Section; words: string; onClear: () => void }) {
  if (words.trim() !== '') {
    return (
      <Empty
        Icon={IconSearch}
        title="Nothing found"
        action={
          <button className={css.linkButton} type="button" onClick={onClear}>
            Clear the search
          </button>
        }
      >
        No conversation here matches “{words.trim()}”.
      </Empty>
    );
  }
  const { Icon, title, text } = EMPTY[section];
  return (
    <Empty Icon={Icon} title={title}>
      {text}
    </Empty>
  );
}
