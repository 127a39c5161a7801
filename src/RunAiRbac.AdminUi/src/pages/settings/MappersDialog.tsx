import { SimpleGrid, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useUpdateMappers, type IdentityProvider, type Mappers } from '../../api/identityProviders';
import { fieldError, FormDialog } from '../../components/FormDialog';

const labels: Record<keyof Mappers, string> = {
  email: 'E-mail', firstName: 'First name', lastName: 'Last name', groups: 'Groups', uid: 'User id (UID)', gid: 'Group id (GID)', supplementaryGroups: 'Supplementary groups',
};

/** Which claim or attribute of the provider says what. */
export function MappersDialog({ provider, close }: { provider: IdentityProvider; close: () => void }) {
  const update = useUpdateMappers(provider.alias);
  const [mappers, setMappers] = useState<Mappers>(provider.mappers);
  const [error, setError] = useState<unknown>();
  const names = Object.keys(labels) as (keyof Mappers)[];
  const run = async () => {
    await update.mutateAsync(Object.fromEntries(names.map((name) => [name, mappers[name]?.trim() ?? ''])));
    close();
  };
  return (
    <FormDialog title={`Mappers of ${provider.name}`} submit="Save" ready={(mappers.email ?? '').trim() !== ''} run={run} close={close} onError={setError}>
      <Text size="sm" c="dimmed">The names of the provider's claims or attributes. An empty one is not read.</Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {names.map((name) => (
          <TextInput key={name} label={labels[name]} required={name === 'email'} value={mappers[name] ?? ''} onChange={(e) => { const value = e.currentTarget.value; setMappers((now) => ({ ...now, [name]: value })); }} error={fieldError(error, name)} autoComplete="off" />
        ))}
      </SimpleGrid>
    </FormDialog>
  );
}
