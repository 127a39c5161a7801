import { Alert, Anchor, Badge, Group, Stack, Text, Tooltip } from '@mantine/core';
import { Link } from 'react-router';
import type { Grant, Holder, Source } from '../../api/effective';
import { useGrants } from '../../api/effective';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { Moment } from '../../components/Moment';
import { ScopeName } from '../../components/names';
import { RuleActions } from './RuleActions';
import { groupPath, scopePath } from './paths';

/** Every rule that gives the subject access, each with where it comes from and where it holds. */
export function AccessTab({ holder }: { holder: Holder }) {
  const grants = useGrants(holder);
  return (
    <Loaded query={grants}>
      {({ grants: rows, missingGroups, missingRules }) => (
        <Stack gap="xs">
          {missingGroups > 0 && <Alert color="yellow" variant="light">Rules of {missingGroups} further groups are not listed here.</Alert>}
          {missingRules && <Alert color="yellow" variant="light">Only the first 500 rules are listed. See them all under <Anchor component={Link} to={`/access-rules?search=${encodeURIComponent(holder.name)}`}>Access rules</Anchor>.</Alert>}
          <Grid label="Access" columns={columns} rows={rows} rowKey={(g) => String(g.rule.id)} actions={(g) => <RuleActions rule={g.rule} />}
            empty={<>No access rule names {holder.name}{holder.groups.length > 0 ? ' or a group of theirs' : ''}, as far as you may see: no access anywhere.</>} />
        </Stack>
      )}
    </Loaded>
  );
}

const columns: GridColumn<Grant>[] = [
  { header: 'Role', cell: (g) => <Phase rule={g.rule}>{g.rule.roleName}</Phase> },
  {
    header: 'Scope, with all below it',
    // Of the system there is no page.
    cell: (g) => g.rule.scopeType === 'system' ? <ScopeName type="system" name="System" /> : (
      <Anchor component={Link} to={scopePath({ type: g.rule.scopeType, id: g.rule.scopeId })} c="inherit" underline="hover" size="sm">
        <ScopeName type={g.rule.scopeType} name={g.rule.scopeName} path={g.rule.scopePath} />
      </Anchor>
    ),
  },
  { header: 'Source', cell: (g) => <SourceName source={g.source} /> },
  { header: 'Expires', cell: (g) => <Moment at={g.rule.expiresAt} withTime /> },
  { header: 'Created', cell: (g) => <Moment at={g.rule.createdAt} /> },
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
