import { Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useCreateBelow } from '../../api/orgUnits';
import type { ScopeNode } from '../../api/scopes';
import { fieldError, FormDialog } from '../../components/FormDialog';
import { scopeKind } from '../../components/names';
import { scopePath } from '../subjects/paths';
import { below } from './units';

/** Creates a cluster in the account, a department in a cluster or a project in a department. */
export function NewUnitDialog({ parent, close }: { parent: ScopeNode; close: () => void }) {
  const type = below[parent.type]!;
  const create = useCreateBelow(parent);
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [namespace, setNamespace] = useState('');
  const [error, setError] = useState<unknown>();
  const run = async () => {
    const made = await create.mutateAsync({ name: name.trim(), description: description.trim() || undefined, namespace: namespace.trim() || undefined });
    notifications.show({ message: `${scopeKind(type).label} ${made.name} was created.`, color: 'teal' });
    close();
    await navigate(scopePath(made));
  };
  return (
    <FormDialog title={`New ${type} in ${parent.name}`} submit="Create" ready={name.trim() !== ''} run={run} close={close} onError={setError}>
      <TextInput label="Name" required data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={fieldError(error, 'name')} autoComplete="off"
        description={type === 'cluster' ? 'It gets a department named default.' : 'Lower-case letters, digits and -, beginning with a letter.'} />
      {type === 'project' && (
        <TextInput label="Namespace" placeholder={name.trim() ? `runai-${name.trim()}` : 'runai-<name>'} description="Of the project in its Kubernetes cluster." value={namespace} onChange={(e) => setNamespace(e.currentTarget.value)} error={fieldError(error, 'requestedNamespace')} autoComplete="off" />
      )}
      {type !== 'cluster' && <Textarea label="Description" autosize minRows={2} value={description} onChange={(e) => setDescription(e.currentTarget.value)} error={fieldError(error, 'description')} />}
    </FormDialog>
  );
}
