import { Anchor, Button, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { readApplications, useApplications, type Application } from '../../api/applications';
import { usePermissionsAnywhere } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import { DataTable, type Column } from '../../components/DataTable';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { applicationPath } from '../subjects/paths';
import { EnabledBadge } from '../subjects/Status';
import { NewApplicationDialog } from './NewApplicationDialog';

const columns: Column<Application>[] = [
  { id: 'name', header: 'Application', sortBy: 'name', cell: (a) => <Anchor component={Link} to={applicationPath(a.id)} size="sm" className="truncate" title={a.name}>{a.name}</Anchor>, csv: (a) => a.name },
  { id: 'clientId', header: 'Client id', sortBy: 'clientId', cell: (a) => <span className="truncate" title={a.clientId}>{a.clientId}</span>, csv: (a) => a.clientId, optional: true },
  { id: 'status', header: 'Status', sortBy: 'enabled', cell: (a) => <EnabledBadge enabled={a.enabled} />, csv: (a) => (a.enabled ? 'Enabled' : 'Disabled') },
  { id: 'lastLogin', header: 'Last sign-in', sortBy: 'lastLogin', cell: (a) => <Moment at={a.lastLogin} withTime />, csv: (a) => a.lastLogin },
  { id: 'createdBy', header: 'Created by', sortBy: 'createdBy', cell: (a) => <span className="truncate" title={a.createdBy}>{a.createdBy}</span>, csv: (a) => a.createdBy },
  { id: 'created', header: 'Created', sortBy: 'createdAt', cell: (a) => <Moment at={a.createdAt} />, csv: (a) => a.createdAt },
  { id: 'updated', header: 'Updated', sortBy: 'updatedAt', cell: (a) => <Moment at={a.updatedAt} />, csv: (a) => a.updatedAt, optional: true },
];

export function Component() {
  const control = useListState({ sortBy: 'name', sortOrder: 'asc' });
  const { state, change } = control;
  const applications = useApplications(state);
  const mayCreate = usePermissionsAnywhere().may('apps', 'create');
  const tenant = useTenantScope();
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader title="Applications" about="Programs that sign in with a client id and a secret. Elsewhere called service accounts."
        actions={mayCreate && <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>New application</Button>} />
      <DataTable name="applications" label="Applications" columns={columns} query={applications} control={control} rowKey={(a) => a.id} searchLabel="Search applications" read={(limit, offset) => readApplications(state, limit, offset)}
        filters={
          <Select aria-label="Status" placeholder="Any status" clearable w={150} data={[{ value: 'true', label: 'Enabled' }, { value: 'false', label: 'Disabled' }]} value={state.filters.enabled ?? null}
            onChange={(enabled) => change({ filters: { enabled: enabled ?? '' } })} clearButtonProps={{ 'aria-label': 'Any status' }} />
        }
        empty={{ nothing: 'There are no applications that you may see.' }} />
      {creating && tenant && <NewApplicationDialog home={tenant} close={() => setCreating(false)} />}
    </>
  );
}
