/** Settings: a short list of places on the left (on a phone above), one of them open. */
import { useDeskState } from '../context.tsx';
import type { MouseEvent } from 'react';
import { writeRoute } from '../../core/route.ts';
import { may } from '../../core/permissions.ts';
import { go, toSettings } from '../hooks.ts';
import { SECTIONS } from './sections.ts';
import css from './settings.module.css';

export function SettingsPage({ section }: { section: string }) {
  const me = useDeskState((state) => state.me);
  const places = SECTIONS.filter((place) => may(me, place.needs));
  const here = places.find((place) => place.id === section) ?? places[0];
  if (!here) return null;
  const open = (id: string) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(toSettings(id));
  };
  return (
    <main className={css.page}>
      <nav className={css.places} aria-label="Settings">
        {places.map(({ id, name, Icon }) => (
          <a
            key={id}
            href={writeRoute(toSettings(id))}
            className={css.place}
            aria-current={id === here.id ? 'page' : undefined}
            onClick={open(id)}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {name}
          </a>
        ))}
      </nav>
      <div className={css.body}>
        <here.Page />
      </div>
    </main>
  );
}
