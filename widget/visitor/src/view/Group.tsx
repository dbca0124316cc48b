/** Lines of one speaker within a minute. */
import type { App } from '../app.ts';
import { linkify } from '../linkify.ts';
import type { Line, Row } from '../rows.ts';
import { Face } from './Face.tsx';
import { Icon } from './Icon.tsx';
import { Words } from './Words.tsx';

interface Props {
  app: App;
  row: Extract<Row, { type: 'group' }>;
  isLast: boolean;
}

export function Group({ app, row, isLast }: Props) {
  const { texts } = app;
  const name = row.author === 'visitor' ? texts.you : row.author === 'bot' ? app.assistant : (row.name ?? texts.agent);
  const newest = row.lines.at(-1);
  return (
    <section class={`group ${row.author}`} aria-label={`${name}, ${app.time(row.at)}`}>
      {row.author !== 'visitor' && <Face person={row.author === 'agent' ? name : null} small />}
      <div class="stack">
        {row.lines.map((line) => (
          <Bubble key={line.key} app={app} line={line} />
        ))}
        <p class="meta">
          {row.author !== 'visitor' && <bdi>{name}</bdi>}
          {row.author === 'visitor' && isLast && newest !== undefined && newest.status !== 'failed' && (
            <span>{newest.status === 'sending' ? sendingText(app) : texts.sent}</span>
          )}
          <time dateTime={row.at}>{app.time(row.at)}</time>
        </p>
      </div>
    </section>
  );
}

function sendingText({ session, texts }: App): string {
  return session.conversation.link === 'down' ? texts.waiting_to_send : texts.sending;
}

function Bubble({ app, line }: { app: App; line: Line }) {
  const { texts } = app;
  const emoji = isEmoji(line.text);
  return (
    <>
      <div class={`bubble ${line.status}${emoji ? ' emoji' : ''}`}>
        <div dir="auto">
          <Text text={line.text} hint={texts.link_new_window} />
        </div>
      </div>
      {line.status === 'failed' && (
        <p class="failed" role="alert">
          <Icon name="alert" />
          {texts.not_sent}
          <button type="button" onClick={() => app.session.again(line.key)}>
            {texts.try_again}
          </button>
        </p>
      )}
    </>
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
          <a key={place} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" title={hint}>
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
