/** Which of these the console is: a one-time link, finding out who is there, signed out, a step before work, or at work. */
import { Loader } from '@mantine/core';
import { useState } from 'react';
import { useDeskState } from './ui/context.tsx';
import { NameFirst } from './ui/settings/NameFirst.tsx';
import { SetUpFirst } from './ui/settings/SetUpFirst.tsx';
import { Shell } from './ui/shell/Shell.tsx';
import { SignIn } from './ui/signin/SignIn.tsx';
import { Welcome } from './ui/signin/Welcome.tsx';

export function App() {
  const session = useDeskState((state) => state.session);
  const mustSetUp = useDeskState((state) => state.me?.must_set_up ?? false);
  const mustName = useDeskState((state) => state.me?.must_name ?? false);
  const [invited, setInvited] = useState(() => location.pathname === '/console/welcome');
  if (invited) return <Welcome onDone={() => setInvited(false)} />;
  if (session === 'in') return mustSetUp ? <SetUpFirst /> : mustName ? <NameFirst /> : <Shell />;
  if (session === 'unknown') {
    return (
      <div style={{ display: 'grid', placeItems: 'center', blockSize: '100%' }} role="status" aria-label="Loading">
        <Loader color="brand" />
      </div>
    );
  }
  return <SignIn />;
}
