import { Stack, Text, Title } from '@mantine/core';
import { resourceTypes, useRoles } from '../../api/roles';
import type { Simulation } from '../../api/ruleChanges';
import { scopeKind } from '../../components/names';
import { byPlace } from '../access-rules/RuleChanges';

/** What one user would gain and lose. */
export function Changes({ simulation }: { simulation: Simulation }) {
  const { gained = [], lost = [], counts } = simulation;
  if (gained.length + lost.length === 0) return <Text size="sm" c="dimmed">Nothing changes for this user at this moment: no access rule names these groups, or others give the same.</Text>;
  return (
    <Stack gap="sm" mah={280} style={{ overflow: 'auto' }} tabIndex={0} role="region" aria-label="What changes">
      <Side title="Gains" entries={gained} more={(counts?.gained ?? 0) - gained.length} />
      <Side title="Loses" entries={lost} more={(counts?.lost ?? 0) - lost.length} />
    </Stack>
  );
}

function Side({ title, entries, more }: { title: string; entries: NonNullable<Simulation['gained']>; more: number }) {
  const roles = useRoles();
  const names = new Map(resourceTypes(roles.data ?? []).map((t) => [t.id, t.name]));
  if (entries.length === 0) return null;
  return (
    <div>
      <Title order={3} mb={4}>{title}</Title>
      {byPlace(entries, (type) => names.get(type) ?? type).map(({ entry, lines }) => (
        <div key={JSON.stringify(entry.scope)}>
          <Text size="sm" fw={600}>In {scopeKind(entry.scope?.type ?? '').label} {entry.scope?.name}</Text>
          {lines.map(({ words, types }) => <Text key={words} size="sm"><b>{words}</b>: {types}</Text>)}
        </div>
      ))}
      {more > 0 && <Text size="sm" c="dimmed">and {more.toLocaleString('en')} more</Text>}
    </div>
  );
}
