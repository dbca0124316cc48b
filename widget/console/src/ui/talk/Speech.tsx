/** One line of a person or the bot, a system line, and somebody typing. Text nodes only. */
import { isPhone, linkify } from '@handraise/protocol';
import { IconArrowsExchange, IconInfoCircle, IconRobot } from '@tabler/icons-react';
import { memo } from 'react';
import { clock, full } from '../../core/format.ts';
import type { Line } from '../../core/lines.ts';
import type { Typing } from '../../core/state.ts';
import css from './speech.module.css';

type SpeechLine = Extract<Line, { type: 'speech' }>;

// A number is read from left to right in every script, and opens no page.
const PHONE = { dir: 'ltr' } as const;
const PAGE = { target: '_blank' } as const;
const WHO = { visitor: 'Visitor', bot: 'Assistant', agent: 'Agent' } as const;

export const Speech = memo(function Speech({ line }: { line: SpeechLine }) {
  const name = line.name ?? WHO[line.side];
  return (
    <article className={css.speech} data-side={line.side} data-first={line.first} data-last={line.last} data-seq={line.seq}>
      {line.first ? (
        <span className={line.side === 'visitor' ? 'sr' : css.speaker}>
          {line.side === 'bot' ? <IconRobot size={14} stroke={1.7} aria-hidden /> : null}
          {name}
        </span>
      ) : null}
      <div className={css.bubble} dir="auto" title={full(line.at)}>
        <Words text={line.text} />
      </div>
      {line.choices.length > 0 ? (
        <ul className={css.choices} aria-label="Offered answers">
          {line.choices.map((title) => (
            <li key={title}>{title}</li>
          ))}
        </ul>
      ) : null}
      {line.last || line.note ? (
        <span className={css.stamp}>
          {line.note ? `${line.note} · ` : ''}
          <time dateTime={line.at}>{clock(line.at)}</time>
        </span>
      ) : null}
    </article>
  );
});

function Words({ text }: { text: string }) {
  return linkify(text).map((piece, i) =>
    piece.href === undefined ? (
      piece.text
    ) : (
      <a key={i} href={piece.href} rel="noopener noreferrer nofollow" {...(isPhone(piece.href) ? PHONE : PAGE)}>
        {piece.text}
      </a>
    ),
  );
}

export function SystemLine({ line }: { line: Extract<Line, { type: 'system' }> }) {
  const Icon = line.tone === 'handoff' ? IconArrowsExchange : IconInfoCircle;
  return (
    <p className={css.system} title={full(line.at)}>
      <Icon size={14} stroke={1.8} aria-hidden />
      <span dir="auto">{line.text}</span>
      <time className={css.systemTime} dateTime={line.at}>
        {clock(line.at)}
      </time>
    </p>
  );
}

export function TypingLine({ typing }: { typing: Typing }) {
  const name = typing.name ?? WHO[typing.who];
  return (
    <div className={css.speech} data-side={typing.who} data-first data-last>
      <div className={css.bubble} role="status" aria-label={`${name} is typing`}>
        <span className={css.typing} aria-hidden>
          <i />
          <i />
          <i />
        </span>
      </div>
    </div>
  );
}
