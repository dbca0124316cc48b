/** A round face with initials; visitors are neutral, people of the team carry the brand. */
import { IconUser } from '@tabler/icons-react';
import { initials } from '../../core/format.ts';
import css from './common.module.css';

export interface FaceProps {
  name: string | null;
  kind: 'visitor' | 'agent';
  size?: number;
  /** A dot that says whether the person is there; left out when nothing is known. */
  online?: boolean | undefined;
}

export function Face({ name, kind, size = 36, online }: FaceProps) {
  return (
    <span className={css.face} data-face data-kind={kind} style={{ inlineSize: size, blockSize: size, fontSize: size * 0.36 }} aria-hidden>
      {name ? initials(name) : <IconUser size={size * 0.5} stroke={1.8} />}
      {online === undefined ? null : <span className={css.dot} data-on={online} />}
    </span>
  );
}
