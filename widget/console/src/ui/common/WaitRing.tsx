/** How long somebody has waited, as a ring that fills quietly and the time beside it. */
import { IconPhoneOff } from '@tabler/icons-react';
import { filled, waited } from '../../core/format.ts';
import { useNow } from '../hooks.ts';
import css from './common.module.css';

const RADIUS = 6;
const AROUND = 2 * Math.PI * RADIUS;

interface Props {
  since: string;
  missed?: boolean;
  /** Stands before the time. */
  word?: string;
}

export function WaitRing({ since, missed = false, word = '' }: Props) {
  const now = useNow(1000);
  const share = missed ? 1 : filled(since, now);
  return (
    <span className={css.wait} role="timer" data-late={share >= 1} title={missed ? 'Nobody answered in time' : 'Waiting for a person'}>
      {missed ? <IconPhoneOff size={14} aria-hidden /> : <Circle share={share} />}
      <span className="numbers">
        {word} {waited(since, now)}
      </span>
    </span>
  );
}

function Circle({ share }: { share: number }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden>
      <circle cx="8" cy="8" r={RADIUS} className={css.waitTrack} />
      <circle
        cx="8"
        cy="8"
        r={RADIUS}
        className={css.waitFill}
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - share)}
        transform="rotate(-90 8 8)"
      />
    </svg>
  );
}
