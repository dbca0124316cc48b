/** The face beside a name: initials of a person, the sign of the assistant. */
import { Icon } from './Icon.tsx';

export function Face({ person, small = false }: { person: string | null; small?: boolean }) {
  return (
    <span class={`face${person === null ? ' bot' : ''}${small ? ' small' : ''}`} aria-hidden="true">
      {person === null ? <Icon name="hand" /> : initials(person)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}
