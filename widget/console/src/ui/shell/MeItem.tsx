/** One line of my menu. */
import type { ComponentType, ReactNode } from 'react';
import css from './shell.module.css';

interface MeItemProps {
  Icon: ComponentType<{ size?: number; stroke?: number }>;
  onClick: () => void;
  children: ReactNode;
  end?: ReactNode;
}

export function MeItem({ Icon, onClick, children, end }: MeItemProps) {
  return (
    <button type="button" className={css.meItem} onClick={onClick}>
      <Icon size={18} stroke={1.7} />
      <span>{children}</span>
      {end}
    </button>
  );
}
