import { Anchor, Group, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { usePermissions } from '../../api/permissions';
import { useTenantScope } from '../../api/session';
import type { User } from '../../api/users';
import { Grid, type GridColumn } from '../../components/Grid';
import { GuardedButton } from '../../components/Guarded';
import { Moment } from '../../components/Moment';
import { groupPath } from '../subjects/paths';
import { SourceBadges } from '../subjects/SourceBadges';
import { EditGroupsDialog } from './EditGroupsDialog';
import { byGroup, endOf, type Member } from './membership';
import { userAsks } from './userAsks';

const columns: GridColumn<Member>[] = [
  { header: 'Group', cell: (m) => <Anchor component={Link} to={groupPath(m.group)} size="sm" style={{ overflowWrap: 'anywhere' }}>{m.group}</Anchor> },
  { header: 'Member by', cell: (m) => <SourceBadges sources={m.sources.map((s) => s.source)} /> },
  { header: 'Counts for access rules', cell: (m) => (m.sources.some((s) => s.counts) ? 'Yes' : <Text span size="sm" c="dimmed">No: ended, or its provider's groups are not trusted</Text>) },
  { header: 'Ends, unless said again', cell: (m) => <Moment at={endOf(m)} /> },
];

/** The user's groups with their sources. Those of the directory are written here, those of providers only there. */
export function GroupsTab({ user }: { user: User }) {
  const asks = userAsks(user, useTenantScope()?.id ?? '');
  const may = usePermissions(asks.all);
  const [editing, setEditing] = useState(false);
  const memberships = user.memberships ?? [];
  return (
    <>
      <Group justify="space-between" mb="xs" align="flex-start">
        <Text size="sm" c="dimmed" style={{ flex: '1 1 260px' }}>Groups of the directory are set here. What an identity provider tells of is changed only there, and taken over at the next sign-in.</Text>
        <GuardedButton may={may(asks.groups)} variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)} style={{ flex: 'none' }}>Edit directory groups</GuardedButton>
      </Group>
      <Grid label="Groups" columns={columns} rows={byGroup(memberships)} rowKey={(m) => m.group} empty="This user is in no group." />
      {editing && <EditGroupsDialog user={user} memberships={memberships} close={() => setEditing(false)} />}
    </>
  );
}
