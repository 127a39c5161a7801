import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { readGroups, useGroups, type Group } from '../../api/groups';
import { DataTable, type Column } from '../../components/DataTable';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { PageHeader } from '../../components/PageHeader';
import { groupPath } from '../subjects/paths';

const columns: Column<Group>[] = [
  { id: 'name', header: 'Group', sortBy: 'name', cell: (g) => <Anchor component={Link} to={groupPath(g.name)} size="sm" className="truncate" title={g.name}>{g.name}</Anchor>, csv: (g) => g.name },
  { id: 'members', header: 'Members', cell: (g) => g.memberCount.toLocaleString('en'), csv: (g) => g.memberCount },
  { id: 'sources', header: 'Known from', cell: (g) => <span className="truncate" title={g.sources.join(', ')}>{g.sources.join(', ') || 'Access rules only'}</span>, csv: (g) => g.sources.join('; ') },
  { id: 'createdBy', header: 'Created by', sortBy: 'createdBy', cell: (g) => <span className="truncate" title={g.createdBy}>{g.createdBy}</span>, csv: (g) => g.createdBy, optional: true },
  { id: 'created', header: 'First seen', sortBy: 'createdAt', cell: (g) => <Moment at={g.createdAt} />, csv: (g) => g.createdAt },
];

export function Component() {
  const control = useListState({ sortBy: 'name', sortOrder: 'asc' });
  const groups = useGroups(control.state);
  return (
    <>
      <PageHeader title="Groups" about="Groups come from identity providers, the directory and access rules; nobody creates them by hand." />
      <DataTable name="groups" label="Groups" columns={columns} query={groups} control={control} rowKey={(g) => g.id} searchLabel="Search groups" read={(limit, offset) => readGroups(control.state, limit, offset)}
        empty={{ nothing: 'No groups are known yet. They appear when somebody signs in with them, or when an access rule names one.' }} />
    </>
  );
}
