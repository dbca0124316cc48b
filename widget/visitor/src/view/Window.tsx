/** The visitor's window from top to bottom. */
import { useEffect, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import { canRate } from '../rows.ts';
import { Composer } from './Composer.tsx';
import { Gate } from './Gate.tsx';
import { Header } from './Header.tsx';
import { Icon } from './Icon.tsx';
import { Log } from './Log.tsx';
import { Rating } from './Rating.tsx';

const PATIENCE = 1500;

export function Window({ app }: { app: App }) {
  const conversation = useConversation(app);
  const { texts } = app;
  const offline = useLasting(conversation.link === 'down', PATIENCE);
  const refused = conversation.link === 'refused';
  // On somebody's page the chat is a part of it, not a second main part.
  const Box = app.host.standsAlone ? 'main' : 'section';
  return (
    <Box class="window" aria-label={texts.chat}>
      <Header app={app} conversation={conversation} />
      {offline && (
        <p class="banner" role="status">
          <Icon name="cloud" />
          {texts.offline}
        </p>
      )}
      {refused && (
        <p class="banner" role="alert">
          <Icon name="alert" />
          {texts.unavailable}
        </p>
      )}
      {conversation.notForgotten && (
        <p class="banner" role="alert">
          <Icon name="alert" />
          {texts.forget_failed}
        </p>
      )}
      {conversation.withdrawing && (
        <p class="banner" role="status">
          <Icon name="undo" />
          {texts.withdraw_waiting}
        </p>
      )}
      {conversation.gate !== null ? (
        <Gate app={app} conversation={conversation} />
      ) : conversation.forgetting ? (
        <p class="forgetting" role="status">
          <Icon name="erase" />
          {conversation.joined ? texts.forgetting : texts.forget_waiting}
        </p>
      ) : (
        <>
          <Log app={app} conversation={conversation} />
          {canRate(conversation) && <Rating app={app} />}
          <Composer app={app} conversation={conversation} />
        </>
      )}
    </Box>
  );
}

function useConversation(app: App) {
  const { session } = app;
  const [conversation, show] = useState(session.conversation);
  useEffect(() => {
    show(session.conversation);
    return session.watch(() => show(session.conversation));
  }, [session]);
  return conversation;
}

/** True once `now` has been true for so many milliseconds: a hiccup of the line is not worth a banner. */
function useLasting(now: boolean, delay: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!now) {
      setLasting(false);
      return undefined;
    }
    const timer = setTimeout(() => setLasting(true), navigator.onLine ? delay : 0);
    return () => clearTimeout(timer);
  }, [now, delay]);
  return lasting;
}
