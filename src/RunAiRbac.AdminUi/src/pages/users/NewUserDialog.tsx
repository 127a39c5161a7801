import { Button, Checkbox, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { ScopeNode } from '../../api/scopes';
import { useCreateUser } from '../../api/users';
import { fieldError, FormDialog } from '../../components/FormDialog';
import { SecretDialog } from '../../components/SecretDialog';
import { HomeScopeField, useMayCreateIn } from '../subjects/HomeScopeField';
import { userPath } from '../subjects/paths';

/** Creates a local user and shows its temporary password once. */
export function NewUserDialog({ home, close }: { home: ScopeNode; close: () => void }) {
  const create = useCreateUser();
  const [email, setEmail] = useState('');
  const [firstName, setFirstName] = useState('');
  const [lastName, setLastName] = useState('');
  const [mustChange, setMustChange] = useState(true);
  const [scope, setScope] = useState(home);
  const [error, setError] = useState<unknown>();
  const may = useMayCreateIn('users', scope);
  // Kept here only: not in the cache of queries.
  const [made, setMade] = useState<{ id: string; username: string; tempPassword: string }>();
  const run = async () => {
    const user = { email: email.trim(), firstName: firstName.trim() || undefined, lastName: lastName.trim() || undefined, resetPassword: mustChange };
    setMade(await create.mutateAsync({ ...user, ...(scope.type === 'tenant' ? {} : { scopeType: scope.type, scopeId: scope.id }) }));
    create.reset();
  };
  if (made) {
    return (
      <SecretDialog title="User created" close={close} values={[{ label: 'E-mail', value: made.username }, { label: 'Temporary password', value: made.tempPassword }]}
        actions={<Button component={Link} to={userPath(made.id)}>Open the user</Button>}>
        <Text size="sm" c="dimmed">Give it to the person over a safe channel.{mustChange && ' It has to be changed at the first sign-in.'}</Text>
      </SecretDialog>
    );
  }
  return (
    <FormDialog title="New local user" submit="Create" ready={email.trim() !== '' && may.state === 'allowed'} run={run} close={close} onError={setError}>
      <TextInput label="E-mail" type="email" required data-autofocus value={email} onChange={(e) => setEmail(e.currentTarget.value)} error={fieldError(error, 'email')} autoComplete="off" />
      <Group grow>
        <TextInput label="First name" value={firstName} onChange={(e) => setFirstName(e.currentTarget.value)} error={fieldError(error, 'firstName')} autoComplete="off" />
        <TextInput label="Last name" value={lastName} onChange={(e) => setLastName(e.currentTarget.value)} error={fieldError(error, 'lastName')} autoComplete="off" />
      </Group>
      <Checkbox label="Must choose a new password at the first sign-in" checked={mustChange} onChange={(e) => setMustChange(e.currentTarget.checked)} />
      <HomeScopeField value={scope} change={setScope} may={may} />
    </FormDialog>
  );
}
