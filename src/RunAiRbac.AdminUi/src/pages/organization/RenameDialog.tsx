import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRenameCluster } from '../../api/orgUnits';
import type { ScopeNode } from '../../api/scopes';
import { fieldError, FormDialog } from '../../components/FormDialog';

/** Clusters may be renamed; departments and projects keep their names, which are those of namespaces. */
export function RenameDialog({ cluster, close }: { cluster: ScopeNode; close: () => void }) {
  const rename = useRenameCluster(cluster.id);
  const [name, setName] = useState(cluster.name);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    await rename.mutateAsync(name.trim());
    close();
  };
  return (
    <FormDialog title={`Rename ${cluster.name}`} submit="Rename" ready={name.trim() !== '' && name.trim() !== cluster.name} run={run} close={close} onError={setError}>
      <TextInput label="Name" required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={fieldError(error, 'name')} autoComplete="off" />
    </FormDialog>
  );
}
