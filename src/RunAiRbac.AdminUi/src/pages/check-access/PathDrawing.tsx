import { Badge, Box, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import type { Explanation } from '../../api/decisions';
import { scopeKind, SubjectName } from '../../components/names';
import { whyNot } from './answer';

type Grant = Explanation['grants'][number];

/** The way from the account down to the scope, with the rules that stand on it: those that allow, and why the others do not. */
export function PathDrawing({ explanation }: { explanation: Explanation }) {
  return (
    <Box component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Path">
      {explanation.path.map((node, index) => {
        const kind = scopeKind(node.type ?? '');
        const grants = explanation.grants.filter((g) => g.scope?.type === node.type && g.scope?.id === node.id);
        const last = index === explanation.path.length - 1;
        return (
          <Box component="li" key={`${node.type} ${node.id}`} style={{ display: 'grid', gridTemplateColumns: '28px 1fr', columnGap: 10 }}>
            <Stack gap={0} align="center">
              <Box w={28} h={28} bd="1px solid var(--mantine-color-default-border)" style={{ borderRadius: '50%', display: 'grid', placeItems: 'center', flex: 'none' }}>
                <kind.icon size={15} stroke={1.7} aria-hidden />
              </Box>
              {!last && <Box w={1} bg="var(--mantine-color-default-border)" style={{ flex: 1 }} />}
            </Stack>
            <Box pb={last ? 0 : 'md'} pt={3} style={{ minWidth: 0 }}>
              <Text size="sm"><Text span c="dimmed" size="sm">{kind.label}</Text> <Text span fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>{node.name}</Text></Text>
              {grants.length === 0 ? <Text size="sm" c="dimmed">No rule of this subject here</Text> : grants.map((g) => <GrantLine key={g.accessRule?.id} grant={g} />)}
            </Box>
          </Box>
        );
      })}
    </Box>
  );
}

function GrantLine({ grant }: { grant: Grant }) {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start" mt={4}>
      {grant.matches ? <IconCheck size={16} stroke={2.2} role="img" aria-label="Allows it" color="light-dark(var(--mantine-color-green-9), var(--mantine-color-green-4))" style={{ flex: 'none', marginTop: 2 }} /> : <IconMinus size={16} role="img" aria-label="Does not allow it" style={{ flex: 'none', marginTop: 2 }} />}
      <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Text size="sm" fw={grant.matches ? 500 : 400}>{grant.accessRule?.sentence}</Text>
        <Group gap={6}>
          {(grant.via?.type === 'group' || grant.via?.type === 'all-authenticated-users') && <Badge color="gray" component="div"><Group gap={4} wrap="nowrap">through <SubjectName type={grant.via.type} name={grant.via.name} /></Group></Badge>}
          {!grant.matches && <Text size="xs" c="dimmed">{whyNot(grant.whyNot)}</Text>}
        </Group>
      </div>
    </Group>
  );
}
