/** What a list or a page shows when it has nothing, or when it failed: always with the next step. */
import { Button } from '@mantine/core';
import { IconCloudOff, IconRefresh } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import css from './common.module.css';

interface EmptyProps {
  Icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function Empty({ Icon, title, children, action }: EmptyProps) {
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon}>
        <Icon size={26} stroke={1.5} />
      </span>
      <h2 className={css.emptyTitle}>{title}</h2>
      {children ? <p className={css.emptyText}>{children}</p> : null}
      {action}
    </div>
  );
}

export function Problem({ title, message, onRetry }: { title: string; message: string; onRetry: () => void }) {
  return (
    <div role="alert">
      <Empty
        Icon={IconCloudOff}
        title={title}
        action={
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {message}
      </Empty>
    </div>
  );
}
