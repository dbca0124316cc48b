/** Who answers now, with an honest status; menu; close. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { App } from '../app.ts';
import type { Conversation } from '../conversation.ts';
import { presence } from '../presence.ts';
import { Face } from './Face.tsx';
import { Icon } from './Icon.tsx';
import { Menu } from './Menu.tsx';

export function Header({ app, conversation }: { app: App; conversation: Conversation }) {
  const { texts } = app;
  const [isMenuOpen, openMenu] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const { title, status, tone, person } = presence(conversation, texts, app.assistant);
  useEffect(() => {
    if (!isMenuOpen) return undefined;
    const shut = (event: Event) => {
      if (event.target instanceof Element && event.target.closest('.menu, .more') === null) openMenu(false);
    };
    // Clicking beside it closes the menu, and so does going on with Tab.
    addEventListener('pointerdown', shut);
    addEventListener('focusin', shut);
    return () => {
      removeEventListener('pointerdown', shut);
      removeEventListener('focusin', shut);
    };
  }, [isMenuOpen]);
  return (
    <header class="header">
      <Face person={person} />
      <div class="who">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        <p class={`status ${tone}`} role="status">
          <span>{status}</span>
        </p>
      </div>
      <button
        ref={more}
        type="button"
        class="tool more"
        aria-label={texts.menu}
        aria-haspopup="menu"
        aria-expanded={isMenuOpen}
        onClick={() => openMenu(!isMenuOpen)}
      >
        <Icon name="more" />
      </button>
      {!app.host.standsAlone && (
        <button type="button" class="tool" aria-label={texts.close} onClick={() => app.close()}>
          <Icon name="close" />
        </button>
      )}
      {isMenuOpen && (
        <Menu
          app={app}
          conversation={conversation}
          done={() => {
            openMenu(false);
            more.current?.focus();
          }}
        />
      )}
    </header>
  );
}
