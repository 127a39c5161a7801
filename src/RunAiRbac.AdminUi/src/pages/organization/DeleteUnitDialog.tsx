import { List, Stack, Text } from '@mantine/core';
import { useNavigate } from 'react-router';
import { useDeleteUnit, useWhatFalls, type Falling } from '../../api/orgUnits';
import type { ScopeNode } from '../../api/scopes';
import { ConfirmDialog } from '../../components/ConfirmDialog';
import { Loaded } from '../../components/Grid';
import { scopeKind } from '../../components/names';

/** Deletes a scope after showing what ends with it. */
export function DeleteUnitDialog({ node, close, leave }: { node: ScopeNode; close: () => void; leave?: string }) {
  const falls = useWhatFalls(node);
  const remove = useDeleteUnit(node);
  const navigate = useNavigate();
  const label = scopeKind(node.type).label.toLowerCase();
  const run = async () => {
    await remove.mutateAsync();
    if (leave) await navigate(leave);
  };
  return (
    <ConfirmDialog title={`Delete ${label} ${node.name}?`} confirm={`Delete ${label}`} typed={node.name} run={run} done={`${scopeKind(node.type).label} ${node.name} was deleted.`} close={close}>
      <Stack gap="xs">
        <Text size="sm">It ends for good, and with it:</Text>
        <Loaded query={falls}>{(found) => <List size="sm" spacing={4}>{found.map((f) => <FallingItem key={f.what} of={f} />)}</List>}</Loaded>
      </Stack>
    </ConfirmDialog>
  );
}

function FallingItem({ of: { what, count, names } }: { of: Falling }) {
  const more = count - names.length;
  return (
    <List.Item>
      {count === 0 ? 'no' : count.toLocaleString('en')} {what}
      {names.length > 0 && <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>{names.join(', ')}{more > 0 && ` and ${more.toLocaleString('en')} more`}</Text>}
    </List.Item>
  );
}
