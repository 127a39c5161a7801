import { Badge, Textarea } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { useDescribe, useUnit, type Unit } from '../../api/orgUnits';
import { usePermissions } from '../../api/permissions';
import type { ScopeNode } from '../../api/scopes';
import { Facts } from '../../components/Facts';
import { fieldError, FormDialog } from '../../components/FormDialog';
import { Loaded } from '../../components/Grid';
import { GuardedButton } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { scopeAsks } from './units';

/** What is known of a cluster, department or project beside its rules. */
export function DetailsTab({ scope }: { scope: ScopeNode }) {
  const unit = useUnit(scope.type as Unit['type'], scope.id);
  return <Loaded query={unit}>{(found) => (found.type === 'cluster' ? <ClusterFacts of={found} /> : <UnitFacts of={found} scope={scope} />)}</Loaded>;
}

function ClusterFacts({ of: { unit } }: { of: Extract<Unit, { type: 'cluster' }> }) {
  return <Facts of={[['Id', unit.uuid], ['State', unit.status?.state && <Badge color="gray">{unit.status.state}</Badge>], ['Version', unit.version], ['Domain', unit.domain], ['Created', <Moment at={unit.createdAt} withTime />]]} />;
}

type Described = Exclude<Unit, { type: 'cluster' }>;

function UnitFacts({ of, scope }: { of: Described; scope: ScopeNode }) {
  const { update, all } = scopeAsks(scope);
  const may = usePermissions(all);
  const [editing, setEditing] = useState(false);
  const { unit } = of;
  return (
    <>
      <Facts of={[
        ['Description', unit.description],
        ['Id', unit.id],
        ...(of.type === 'project' ? [['Namespace', of.unit.status.namespace] as [string, string | null | undefined]] : []),
        ['Created', <Moment at={unit.createdAt} withTime />],
        ['Created by', unit.createdBy],
        ['Updated', <Moment at={unit.updatedAt} withTime />],
        ['Updated by', unit.updatedBy],
      ]} />
      <GuardedButton may={may(update!)} variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>Edit description</GuardedButton>
      {editing && <DescriptionDialog of={of} close={() => setEditing(false)} />}
    </>
  );
}

function DescriptionDialog({ of, close }: { of: Described; close: () => void }) {
  const describe = useDescribe(of);
  const [text, setText] = useState(of.unit.description);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    await describe.mutateAsync(text.trim());
    close();
  };
  return (
    <FormDialog title={`Description of ${of.unit.name}`} submit="Save" ready={text.trim() !== of.unit.description} run={run} close={close} onError={setError}>
      <Textarea label="Description" autosize minRows={3} data-autofocus value={text} onChange={(e) => setText(e.currentTarget.value)} error={fieldError(error, 'description')} />
    </FormDialog>
  );
}
