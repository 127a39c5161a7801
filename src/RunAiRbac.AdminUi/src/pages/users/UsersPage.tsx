import { Anchor, Button, Select } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { usePermissionsAnywhere } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import { readUsers, useUsers, type User } from '../../api/users';
import { DataTable, type Column } from '../../components/DataTable';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { userPath } from '../subjects/paths';
import { EnabledBadge, userKind } from '../subjects/Status';
import { NewUserDialog } from './NewUserDialog';

const columns: Column<User>[] = [
  { id: 'user', header: 'User', sortBy: 'username', cell: (u) => <Anchor component={Link} to={userPath(u.id)} size="sm" className="truncate" title={u.username}>{u.username}</Anchor>, csv: (u) => u.username },
  { id: 'type', header: 'Type', sortBy: 'type', cell: userKind, csv: userKind },
  { id: 'status', header: 'Status', cell: (u) => <EnabledBadge enabled={u.enabled} />, csv: (u) => (u.enabled ? 'Enabled' : 'Disabled') },
  { id: 'groups', header: 'Groups', cell: (u) => <span className="truncate" title={u.groups.join(', ')}>{u.groups.join(', ') || '–'}</span>, csv: (u) => u.groups.join('; ') },
  { id: 'lastLogin', header: 'Last sign-in', sortBy: 'lastLogin', cell: (u) => <Moment at={u.lastLogin} withTime />, csv: (u) => u.lastLogin },
  { id: 'createdBy', header: 'Created by', sortBy: 'createdBy', cell: (u) => <span className="truncate" title={u.createdBy}>{u.createdBy}</span>, csv: (u) => u.createdBy, optional: true },
  { id: 'created', header: 'Created', sortBy: 'creationTime', cell: (u) => <Moment at={u.createdAt} />, csv: (u) => u.createdAt },
  { id: 'updated', header: 'Updated', sortBy: 'lastUpdated', cell: (u) => <Moment at={u.updatedAt} />, csv: (u) => u.updatedAt, optional: true },
];

export function Component() {
  const control = useListState({ sortBy: 'username', sortOrder: 'asc' });
  const { state, change } = control;
  const users = useUsers(state);
  const mayCreate = usePermissionsAnywhere().may('users', 'create');
  const tenant = useTenantScope();
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader title="Users" about="People who sign in with a password kept here or through an identity provider, and those whom a rule names already."
        actions={mayCreate && <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>New local user</Button>} />
      <DataTable name="users" label="Users" columns={columns} query={users} control={control} rowKey={(u) => u.id} searchLabel="Search users" read={(limit, offset) => readUsers(state, limit, offset)}
        filters={
          <Select aria-label="Type" placeholder="Any type" clearable w={150} data={[{ value: 'local', label: 'Local' }, { value: 'sso', label: 'SSO' }]} value={state.filters.kind ?? null}
            onChange={(kind) => change({ filters: { kind: kind ?? '' } })} clearButtonProps={{ 'aria-label': 'Any type' }} />
        }
        empty={{ nothing: 'There are no users that you may see.' }} />
      {creating && tenant && <NewUserDialog home={tenant} close={() => setCreating(false)} />}
    </>
  );
}
