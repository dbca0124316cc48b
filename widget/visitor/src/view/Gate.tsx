/** What stands in the place of the chat until the visitor has agreed to it, where the site asks: the words, a yes and a no of the same size. */
import type { App } from '../app.ts';
import type { Conversation } from '../conversation.ts';
import { Words } from './Words.tsx';

export function Gate({ app, conversation }: { app: App; conversation: Conversation }) {
  const { texts, session } = app;
  const { site, gate } = conversation;
  const declined = gate === 'declined';
  return (
    <section class="gate" aria-labelledby="gate-words">
      <h2>{texts.gate_title}</h2>
      {declined && <p role="status">{texts.gate_declined}</p>}
      <p id="gate-words" dir="auto">
        <Words text={site?.chat_consent?.text ?? ''} />{' '}
        {site?.privacy_url && (
          <a href={site.privacy_url} target="_blank" rel="noopener noreferrer">
            {texts.privacy}
          </a>
        )}
      </p>
      <div class="actions">
        <button type="button" class="primary" onClick={() => session.chatConsent.yes()}>
          {declined ? texts.gate_again : texts.gate_yes}
        </button>
        {!declined && (
          <button type="button" class="secondary" onClick={() => app.decline()}>
            {texts.gate_no}
          </button>
        )}
      </div>
    </section>
  );
}
