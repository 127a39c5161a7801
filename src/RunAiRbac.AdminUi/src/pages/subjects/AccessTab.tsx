import { Alert, Anchor, Badge, Group, Stack, Text, Tooltip } from '@mantine/core';
import { Link } from 'react-router';
import { mostGroups, readGrants, toGrants, useGrants, type Grant, type Holder, type Source } from '../../api/effective';
import { DataTable, type Column } from '../../components/DataTable';
import { useListState } from '../../components/listState';
import { Moment } from '../../components/Moment';
import { ScopeName, withoutAccount } from '../../components/names';
import { RuleActions } from './RuleActions';
import { groupPath, scopePath } from './paths';

/** Every rule that gives the subject access, each with where it comes from and where it holds. */
export function AccessTab({ holder }: { holder: Holder }) {
  const list = useListState();
  // The tab in the address is no filter of the list.
  const control = { ...list, state: { ...list.state, filters: {} } };
  const grants = useGrants(holder, control.state);
  const missing = holder.groups.length - mostGroups;
  return (
    <Stack gap="xs">
      {missing > 0 && <Alert color="yellow" variant="light">Rules of {missing} further groups are not listed here.</Alert>}
      <DataTable name="access" label="Access" columns={columns} query={grants} control={control} rowKey={(g) => String(g.rule.id)} searchLabel="Search role or scope" actions={(g) => <RuleActions rule={g.rule} />}
        read={async (limit, offset) => toGrants((await readGrants(holder, control.state, limit, offset)).rules, holder)}
        empty={{ nothing: <>No access rule names {holder.name}{holder.groups.length > 0 ? ' or a group of theirs' : ''}, as far as you may see: no access anywhere.</> }} />
    </Stack>
  );
}

const columns: Column<Grant>[] = [
  { id: 'role', header: 'Role', sortBy: 'roleName', cell: (g) => <Phase rule={g.rule}>{g.rule.roleName}</Phase>, csv: (g) => g.rule.roleName },
  {
    id: 'scope',
    header: 'Scope, with all below it',
    sortBy: 'scopeName',
    // Of the system there is no page.
    cell: (g) => g.rule.scopeType === 'system' ? <ScopeName type="system" name="System" /> : (
      <Anchor component={Link} to={scopePath({ type: g.rule.scopeType, id: g.rule.scopeId })} c="inherit" underline="hover" size="sm">
        <ScopeName type={g.rule.scopeType} name={g.rule.scopeName} path={withoutAccount(g.rule.scopePath)} />
      </Anchor>
    ),
    csv: (g) => g.rule.scopePath ?? g.rule.scopeName,
  },
  { id: 'source', header: 'Source', cell: (g) => <SourceName source={g.source} />, csv: ({ source }) => (source.kind === 'direct' ? 'Direct' : source.kind === 'everybody' ? 'All authenticated users' : `Through group ${source.group}`) },
  { id: 'expires', header: 'Expires', cell: (g) => <Moment at={g.rule.expiresAt} withTime />, csv: (g) => g.rule.expiresAt },
  { id: 'created', header: 'Created', sortBy: 'createdAt', cell: (g) => <Moment at={g.rule.createdAt} />, csv: (g) => g.rule.createdAt },
];

/** A rule that does not hold now says so. */
function Phase({ rule, children }: { rule: Grant['rule']; children: string }) {
  if (rule.status.phase === 'Ready') return children;
  return (
    <Group gap={6} wrap="nowrap">
      {children}
      <Tooltip label={rule.status.message} disabled={!rule.status.message}><Badge color="yellow" tabIndex={0}>Not in force</Badge></Tooltip>
    </Group>
  );
}

function SourceName({ source }: { source: Source }) {
  if (source.kind === 'direct') return <Text size="sm">Direct</Text>;
  if (source.kind === 'everybody') return <Text size="sm">All authenticated users</Text>;
  return <Text size="sm">Through group <Anchor component={Link} to={groupPath(source.group)} size="sm" underline="always">{source.group}</Anchor></Text>;
}
