/** The whole page for somebody whose role needs a second factor and who has none yet: nothing else works until then. */
import { Button } from '@mantine/core';
import { Mark } from '../common/Mark.tsx';
import { useDesk } from '../context.tsx';
import { SetUp } from './SetUp.tsx';
import signIn from '../signin/signin.module.css';

export function SetUpFirst() {
  const desk = useDesk();
  return (
    <main className={signIn.page}>
      <div className={signIn.card}>
        <Mark size={44} />
        <h1 className={signIn.title}>Your role needs a second factor</h1>
        <SetUp password onDone={() => void desk.start()} />
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void desk.signOut()}>
          Sign out
        </Button>
      </div>
    </main>
  );
}
