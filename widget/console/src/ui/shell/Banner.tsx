/** Says that the line is down, once it has been for a moment, and that it came back. */
import { IconCircleCheck, IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useDeskState } from '../context.tsx';
import css from './shell.module.css';

const PATIENCE_MS = 1500;
const GOOD_NEWS_MS = 2500;

export function Banner() {
  const shown = useShown();
  if (shown === 'none') return null;
  return (
    <div className={css.banner} role="status" data-link={shown}>
      {shown === 'down' ? (
        <>
          <IconCloudOff size={18} aria-hidden />
          <span>
            <strong>No connection.</strong> Trying again by itself. What you write is kept.
          </span>
        </>
      ) : (
        <>
          <IconCircleCheck size={18} aria-hidden />
          <span>Connected again. Nothing is missing.</span>
        </>
      )}
    </div>
  );
}

function useShown(): 'none' | 'down' | 'back' {
  const down = useDeskState((state) => state.link === 'offline');
  const [shown, setShown] = useState<'none' | 'down' | 'back'>('none');
  useEffect(() => {
    if (down) {
      const timer = setTimeout(() => setShown('down'), PATIENCE_MS);
      return () => clearTimeout(timer);
    }
    const back = setTimeout(() => setShown((before) => (before === 'down' ? 'back' : before)), 0);
    const gone = setTimeout(() => setShown('none'), GOOD_NEWS_MS);
    return () => {
      clearTimeout(back);
      clearTimeout(gone);
    };
  }, [down]);
  return shown;
}
