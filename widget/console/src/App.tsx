/** Which of the three the console is: finding out who is there, signed out, or at work. */
import { Loader } from '@mantine/core';
import { useDeskState } from './ui/context.tsx';
import { Shell } from './ui/shell/Shell.tsx';
import { SignIn } from './ui/signin/SignIn.tsx';

export function App() {
  const session = useDeskState((state) => state.session);
  if (session === 'in') return <Shell />;
  if (session === 'unknown') {
    return (
      <div style={{ display: 'grid', placeItems: 'center', blockSize: '100%' }} role="status" aria-label="Loading">
        <Loader color="brand" />
      </div>
    );
  }
  return <SignIn />;
}
