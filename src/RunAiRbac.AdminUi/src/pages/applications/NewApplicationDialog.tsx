import { Button, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useCreateApplication } from '../../api/applications';
import type { ScopeNode } from '../../api/scopes';
import { fieldError, FormDialog } from '../../components/FormDialog';
import { SecretDialog } from '../../components/SecretDialog';
import { HomeScopeField, useMayCreateIn } from '../subjects/HomeScopeField';
import { applicationPath } from '../subjects/paths';

/** Creates an application and shows its client id and secret once. */
export function NewApplicationDialog({ home, close }: { home: ScopeNode; close: () => void }) {
  const create = useCreateApplication();
  const [name, setName] = useState('');
  const [scope, setScope] = useState(home);
  const [error, setError] = useState<unknown>();
  const may = useMayCreateIn('apps', scope);
  // Kept here only: not in the cache of queries.
  const [made, setMade] = useState<{ id: string; clientId: string; clientSecret: string }>();
  const run = async () => {
    setMade(await create.mutateAsync({ name: name.trim(), ...(scope.type === 'tenant' ? {} : { scopeType: scope.type, scopeId: scope.id }) }));
    create.reset();
  };
  if (made) {
    return (
      <SecretDialog title="Application created" close={close} values={[{ label: 'Client id', value: made.clientId }, { label: 'Client secret', value: made.clientSecret }]}
        actions={<Button component={Link} to={applicationPath(made.id)}>Open and give it access</Button>}>
        <Text size="sm" c="dimmed">It may do nothing until an access rule names it.</Text>
      </SecretDialog>
    );
  }
  return (
    <FormDialog title="New application" submit="Create" ready={name.trim() !== '' && may.state === 'allowed'} run={run} close={close} onError={setError}>
      <TextInput label="Name" description="Lower-case letters, digits, - and _. It is the client id too." required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={fieldError(error, 'name')} autoComplete="off" />
      <HomeScopeField value={scope} change={setScope} may={may} />
    </FormDialog>
  );
}
