import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRename } from '../../api/orgUnits';
import type { ScopeNode } from '../../api/scopes';
import { fieldError, FormDialog } from '../../components/FormDialog';

const notes: Partial<Record<ScopeNode['type'], string>> = {
  department: 'Lower-case letters, digits and -, beginning with a letter.',
  project: 'Lower-case letters, digits and -, beginning with a letter. The namespace of the project stays as it is.',
};

/** Another name for a cluster, department or project; its rules stay. */
export function RenameDialog({ node, close }: { node: ScopeNode; close: () => void }) {
  const rename = useRename(node);
  const [name, setName] = useState(node.name);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    await rename.mutateAsync(name.trim());
    close();
  };
  return (
    <FormDialog title={`Rename ${node.name}`} submit="Rename" ready={name.trim() !== '' && name.trim() !== node.name} run={run} close={close} onError={setError}>
      <TextInput label="Name" description={notes[node.type]} required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={fieldError(error, 'name')} autoComplete="off" />
    </FormDialog>
  );
}
