/** Short words at the edge of the screen: who took a call, what did not work. */
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { calledName } from '../../core/names.ts';
import type { News } from '../../net/desk.ts';
import { useServices } from '../context.tsx';
import { DRAFT_CHANGED } from '../talk/useDraft.ts';

export function useNews(): void {
  const { onNews } = useServices();
  useEffect(
    () =>
      onNews((item) => {
        if (item.type === 'draft_back') dispatchEvent(new CustomEvent(DRAFT_CHANGED, { detail: item.id }));
        notifications.show({ ...words(item), withBorder: true, autoClose: 6000, closeButtonProps: { 'aria-label': 'Close' } });
      }),
    [onNews],
  );
}

function words(item: News): { message: string; color: string } {
  switch (item.type) {
    case 'taken':
      return { message: `${item.by} has taken ${calledName(item.summary)}.`, color: 'brand' };
    case 'missed':
      return { message: `Nobody took ${calledName(item.summary)} in time. The conversation stays under Waiting.`, color: 'yellow' };
    case 'problem':
      return { message: item.message, color: 'red' };
    case 'draft_back':
      return { message: item.message, color: 'yellow' };
  }
}
