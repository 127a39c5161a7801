import { Anchor } from '@mantine/core';
import { Link, useParams } from 'react-router';
import type { Holder } from '../../api/effective';
import { readMembers, useGroup, useMembers, type Group, type GroupMember } from '../../api/groups';
import { usePermissionsAnywhere } from '../../api/permissions';
import { BackTo } from '../../components/BackTo';
import { DataTable, type Column } from '../../components/DataTable';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Grid';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { PageTabs } from '../../components/PageTabs';
import { AccessTab } from '../subjects/AccessTab';
import { NewRuleButton } from '../subjects/NewRuleButton';
import { userPath } from '../subjects/paths';
import { PermissionsTab } from '../subjects/PermissionsTab';
import { SourceBadges } from '../subjects/SourceBadges';
import { EnabledBadge } from '../subjects/Status';

export function Component() {
  const { name } = useParams();
  const group = useGroup(name!);
  return (
    <>
      <BackTo to="/groups" label="Groups" />
      <PageHeader title={name!} about="Group" actions={group.data && <NewRuleButton subject={{ type: 'group', name: group.data.name }} />} />
      <Loaded query={group}>{(found) => <GroupDetails group={found} />}</Loaded>
    </>
  );
}

function GroupDetails({ group }: { group: Group }) {
  const anywhere = usePermissionsAnywhere();
  const holder: Holder = { type: 'group', id: group.id, name: group.name, groups: [] };
  return (
    <>
      <Facts of={[
        ['Members', group.memberCount.toLocaleString('en')],
        ['Known from', group.sources.join(', ') || 'Access rules only'],
        ['First seen', <Moment at={group.createdAt} />],
        ['Created by', group.createdBy],
      ]} />
      <PageTabs label="About this group" tabs={[
        { id: 'access', label: 'Access rules', content: <AccessTab holder={holder} /> },
        { id: 'members', label: 'Members', content: <MembersTab group={group} /> },
        { id: 'permissions', label: 'Permissions', content: <PermissionsTab holder={holder} />, absent: !anywhere.may('authorization', 'read') },
      ]} />
    </>
  );
}

const columns: Column<GroupMember>[] = [
  { id: 'user', header: 'User', sortBy: 'username', cell: (m) => <Anchor component={Link} to={userPath(m.id)} size="sm" className="truncate" title={m.username}>{m.username}</Anchor>, csv: (m) => m.username },
  { id: 'status', header: 'Status', cell: (m) => <EnabledBadge enabled={m.enabled} />, csv: (m) => (m.enabled ? 'Enabled' : 'Disabled') },
  { id: 'sources', header: 'Member by', cell: (m) => <SourceBadges sources={m.sources} />, csv: (m) => m.sources.join('; ') },
];

function MembersTab({ group }: { group: Group }) {
  const list = useListState({ sortBy: 'username', sortOrder: 'asc' });
  // The tab in the address is no filter of the list.
  const { tab: _, ...filters } = list.state.filters;
  const control = { ...list, state: { ...list.state, filters } };
  const members = useMembers(group.id, control.state);
  return (
    <DataTable name="members" label="Members" columns={columns} query={members} control={control} rowKey={(m) => m.id} searchLabel="Search members" read={(limit, offset) => readMembers(group.id, control.state, limit, offset)}
      empty={{ nothing: 'No member that you may see.' }} />
  );
}
