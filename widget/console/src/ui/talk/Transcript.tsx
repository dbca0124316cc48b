/** The lines of a conversation; keeps to the end unless the reader has scrolled up. */
import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { day } from '../../core/format.ts';
import { toLines, type Line } from '../../core/lines.ts';
import type { Talk } from '../../core/state.ts';
import { useNow } from '../hooks.ts';
import { PendingLine } from './PendingLine.tsx';
import { Speech, SystemLine, TypingLine } from './Speech.tsx';
import css from './talk.module.css';

const NEAR_END = 80;

export function Transcript({ id, talk }: { id: string; talk: Talk }) {
  const lines = useMemo(() => toLines(talk.log.entries, talk.pending), [talk.log.entries, talk.pending]);
  const { box, missed, onScroll, toEnd } = useEnd(lines.length, talk.typing !== null);
  return (
    <div className={css.transcriptBox}>
      <div ref={box} className={css.transcript} onScroll={onScroll} role="log" aria-label="Conversation" tabIndex={0}>
        <div className={css.lines}>
          {lines.map((line) => (
            <OneLine key={line.key} id={id} line={line} />
          ))}
          {talk.typing ? <TypingLine typing={talk.typing} /> : null}
        </div>
      </div>
      {missed ? (
        <Button className={css.newPill} size="xs" radius="xl" leftSection={<IconArrowDown size={14} />} onClick={toEnd}>
          New messages
        </Button>
      ) : null}
    </div>
  );
}

function OneLine({ id, line }: { id: string; line: Line }) {
  switch (line.type) {
    case 'day':
      return <DayLine at={line.at} />;
    case 'newer':
      return (
        <p className={css.newer}>
          <span>New while you were writing</span>
        </p>
      );
    case 'system':
      return <SystemLine line={line} />;
    case 'speech':
      return <Speech line={line} />;
    case 'pending':
      return <PendingLine id={id} line={line.pending} />;
  }
}

function DayLine({ at }: { at: string }) {
  const now = useNow(60_000);
  return (
    <div className={css.day}>
      <span>{day(at, now)}</span>
    </div>
  );
}

/** Stay at the end while there; otherwise say that something new is below. */
function useEnd(count: number, typing: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [missed, setMissed] = useState(false);
  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    atEnd.current = true;
    setMissed(false);
  };
  const before = useRef(count);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else if (count > before.current) setMissed(true);
    before.current = count;
  }, [count, typing]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (atEnd.current) setMissed(false);
  };
  return { box, missed, onScroll, toEnd };
}
