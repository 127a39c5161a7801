import { Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useRegenerateSecret, type Application } from '../../api/applications';
import { FormDialog } from '../../components/FormDialog';
import { SecretDialog } from '../../components/SecretDialog';

const graces = [
  { value: '0', label: 'Ends at once' },
  { value: '900', label: 'Works for 15 more minutes' },
  { value: '3600', label: 'Works for 1 more hour' },
  { value: '86400', label: 'Works for 1 more day' },
  { value: '604800', label: 'Works for 7 more days' },
];

/** A new secret; for a while the old one may go on working, so that a program can be changed over. */
export function RegenerateDialog({ application, close }: { application: Application; close: () => void }) {
  const regenerate = useRegenerateSecret(application.id);
  const [grace, setGrace] = useState('0');
  // Kept here only: not in the cache of queries.
  const [secret, setSecret] = useState<string>();
  const run = async () => {
    setSecret((await regenerate.mutateAsync(Number(grace))).clientSecret);
    regenerate.reset();
  };
  if (secret) return <SecretDialog title="New secret" close={close} values={[{ label: 'Client id', value: application.clientId }, { label: 'Client secret', value: secret }]} />;
  return (
    <FormDialog title="Regenerate the secret" submit="Regenerate" ready run={run} close={close}>
      <Text size="sm">{application.name} gets a new secret, which is shown once.</Text>
      <Select label="The present secret" data={graces} value={grace} onChange={(value) => setGrace(value ?? '0')} allowDeselect={false} data-autofocus />
      {grace === '0' && <Text size="xs" c="dimmed">Programs that use the present secret stop working until they have the new one.</Text>}
    </FormDialog>
  );
}
