/** Lines of one speaker within a minute. */
import { isPhone, linkify } from '@handraise/protocol';
import type { App } from '../app.ts';
import type { Line, Row } from '../rows.ts';
import { Face } from './Face.tsx';
import { Icon } from './Icon.tsx';
import { Words } from './Words.tsx';

// A number is read from left to right in every script, and opens no page.
const PHONE = { dir: 'ltr' } as const;

interface Props {
  app: App;
  row: Extract<Row, { type: 'group' }>;
  isLast: boolean;
}

export function Group({ app, row, isLast }: Props) {
  const { texts } = app;
  const name = row.author === 'visitor' ? texts.you : row.author === 'bot' ? app.assistant : (row.name ?? texts.agent);
  const newest = row.lines.at(-1);
  const told = row.author === 'visitor' && isLast && newest !== undefined ? progress(app, newest) : null;
  return (
    <div class={`group ${row.author}`} role="group" aria-label={`${name}, ${app.time(row.at)}`}>
      {row.author !== 'visitor' && <Face person={row.author === 'agent' ? name : null} small />}
      <div class="stack">
        {row.lines.map((line) => (
          <Bubble key={line.key} app={app} line={line} />
        ))}
        <p class="meta">
          {row.author !== 'visitor' && <bdi>{name}</bdi>}
          {told !== null && <span>{told}</span>}
          <time dateTime={row.at}>{app.time(row.at)}</time>
        </p>
      </div>
    </div>
  );
}

/** How far a line of the visitor has come, in words; null when its own row says so. */
function progress({ session, texts }: App, { status }: Line): string | null {
  if (status === 'failed' || status === 'refused') return null;
  if (status === 'stored' || status === 'sent') return texts.sent;
  if (session.conversation.link === 'down') return texts.waiting_to_send;
  return status === 'retrying' ? texts.retrying : texts.sending;
}

function Bubble({ app, line }: { app: App; line: Line }) {
  const { texts } = app;
  const { status } = line;
  const emoji = isEmoji(line.text);
  return (
    <>
      <div class={`bubble ${status}${emoji ? ' emoji' : ''}`}>
        <div dir="auto">
          <Text text={line.text} hint={texts.link_new_window} />
        </div>
      </div>
      {(status === 'failed' || status === 'refused') && <NotSent app={app} line={line} />}
    </>
  );
}

/** What became of a line that the hub did not take, and the ways out. */
function NotSent({ app, line }: { app: App; line: Line }) {
  const { texts, session } = app;
  const refused = line.status === 'refused';
  return (
    <div class="failed" role="alert">
      <span>
        <Icon name="alert" />
        {refused ? texts.not_accepted : texts.not_sent}
      </span>
      {!refused && (
        <button type="button" onClick={() => session.again(line.key)}>
          {texts.try_again}
        </button>
      )}
      {refused && line.isTyped && (
        <button type="button" onClick={() => app.compose(session.discard(line.key))}>
          {texts.edit}
        </button>
      )}
      <button type="button" onClick={() => session.discard(line.key)}>
        {texts.delete}
      </button>
    </div>
  );
}

/** A text with its links; every piece is a text node. */
function Text({ text, hint }: { text: string; hint: string }) {
  return (
    <>
      {linkify(text).map((piece, place) =>
        piece.href === undefined ? (
          <Words key={place} text={piece.text} />
        ) : (
          <a
            key={place}
            href={piece.href}
            rel="noopener noreferrer nofollow"
            {...(isPhone(piece.href) ? PHONE : { target: '_blank', title: hint })}
          >
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

/** Up to three emoji alone are shown large. */
function isEmoji(text: string): boolean {
  const signs = [...new Intl.Segmenter().segment(text.trim())].slice(0, 4);
  return signs.length > 0 && signs.length <= 3 && signs.every(({ segment }) => /^\p{Extended_Pictographic}/u.test(segment));
}
