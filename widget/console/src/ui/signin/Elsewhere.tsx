/** The button of the sign-in provider, when there is one; and what went wrong there, as the way back says it behind the `#`. */
import { Alert, Button, Divider } from '@mantine/core';
import { IconAlertCircle, IconLogin2 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useServices } from '../context.tsx';
import css from './signin.module.css';

const PROBLEMS: Record<string, string> = {
  no_account: 'There is no account here for the address that you signed in with. Ask the person who runs Handraise for an invitation.',
  not_verified: 'Your provider does not say that your e-mail address is confirmed. Confirm it there, then try again.',
  other_person: 'This account belongs to another sign-in at your provider. Ask the person who runs Handraise.',
  failed: 'Signing in there did not work. Try again in a moment.',
};

export function Elsewhere() {
  const { api } = useServices();
  const [name, setName] = useState<string | null>(null);
  const problem = PROBLEMS[new URLSearchParams(location.hash.slice(1)).get('problem') ?? ''];
  useEffect(() => void api.ways().then((answer) => answer.ok && setName(answer.value.oidc)), [api]);
  if (name === null) return null;
  return (
    <>
      <Divider label="or" className={css.field} />
      {problem === undefined ? null : (
        <Alert className={css.alert} color="red" icon={<IconAlertCircle size={18} />} role="alert">
          {problem}
        </Alert>
      )}
      <Button
        component="a"
        href="/console/api/oidc/start"
        variant="default"
        size="md"
        fullWidth
        leftSection={<IconLogin2 size={18} stroke={1.7} />}
      >
        Sign in with {name}
      </Button>
    </>
  );
}
