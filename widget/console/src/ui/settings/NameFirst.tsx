/** The whole page for somebody who has no name yet, as in a fresh installation: visitors would read a role in its place. */
import { Button } from '@mantine/core';
import { Mark } from '../common/Mark.tsx';
import { useDesk } from '../context.tsx';
import signIn from '../signin/signin.module.css';
import { NameForm } from './NameForm.tsx';

export function NameFirst() {
  const desk = useDesk();
  return (
    <main className={signIn.page}>
      <div className={signIn.card}>
        <Mark size={44} />
        <h1 className={signIn.title}>What shall visitors call you?</h1>
        <NameForm name="" label="Your name" act="Continue" first onNamed={(me) => desk.enter(me)} />
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void desk.signOut()}>
          Sign out
        </Button>
      </div>
    </main>
  );
}
