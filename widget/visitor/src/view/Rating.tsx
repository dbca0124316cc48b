/** One to five stars after a chat was closed. */
import { useState } from 'preact/hooks';
import type { App } from '../app.ts';
import { Icon } from './Icon.tsx';

const SCORES = [1, 2, 3, 4, 5] as const;

export function Rating({ app }: { app: App }) {
  const { texts } = app;
  const [hovered, setHovered] = useState(0);
  return (
    <div class="rating" role="group" aria-label={texts.rate}>
      <p>{texts.rate}</p>
      <div class="stars" onMouseLeave={() => setHovered(0)}>
        {SCORES.map((score) => (
          <button
            key={score}
            type="button"
            title={texts[`rate_${score}`]}
            aria-label={texts[`rate_${score}`]}
            onMouseEnter={() => setHovered(score)}
            onFocus={() => setHovered(score)}
            onBlur={() => setHovered(0)}
            onClick={() => app.session.rate(score)}
          >
            <Icon name="star" filled={score <= hovered} />
          </button>
        ))}
      </div>
    </div>
  );
}
