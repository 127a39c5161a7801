import { Center, Group, Loader, ScrollArea, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { actionWord } from '../../api/permissions';
import { resourceTypes, useRoles } from '../../api/roles';
import type { Preview, RowResult, Simulation } from '../../api/ruleChanges';
import { scopeKind, SubjectName } from '../../components/names';

export interface ChangedRule {
  key: string;
  sentence: string;
}

interface Props {
  rules: ChangedRule[];
  preview?: Preview;
  /** What became of each, after saving. */
  results?: RowResult[];
  pending: boolean;
  verb: 'gain' | 'lose';
  /** The rules do not hold yet. */
  later?: boolean;
}

/** Rules read back as sentences, and who gains or loses what by them. After saving: what became of each. */
export function RuleChanges({ rules, preview, results, pending, verb, later }: Props) {
  return (
    <>
      <ScrollArea.Autosize mah={200} type="auto" offsetScrollbars="y" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Rules' }}>
        <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {rules.map((rule, index) => <Sentence key={rule.key} rule={rule} refusal={preview?.refused.get(index)} result={results?.find((r) => r.key === rule.key)} />)}
        </Stack>
      </ScrollArea.Autosize>
      {preview?.cut && <Text size="sm" c="dimmed">More of them may be refused: the result will tell each.</Text>}
      {!results && (
        <div>
          <Title order={3} mb={6}>{verb === 'gain' ? 'Who gains what' : 'Who loses what'}</Title>
          {pending ? <Center py="md"><Loader size="sm" aria-label="Loading" /></Center> : preview && <Differences simulation={preview.simulation} verb={verb} later={later} />}
        </div>
      )}
    </>
  );
}

function Sentence({ rule, refusal, result }: { rule: ChangedRule; refusal?: string; result?: RowResult }) {
  const message = result ? (result.ok ? undefined : (result.message ?? 'Refused')) : refusal;
  const Icon = message ? (result ? IconX : IconAlertTriangle) : result ? IconCheck : undefined;
  return (
    <li>
      <Group gap={8} wrap="nowrap" align="flex-start">
        {Icon && <Icon size={16} role="img" aria-label={message ? 'Refused' : 'Done'} color={`var(--mantine-color-${message ? 'red' : 'green'}-filled)`} style={{ flex: 'none', marginTop: 2 }} />}
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text size="sm" fw={500}>{rule.sentence}</Text>
          {message && <Text size="sm">{message}</Text>}
        </div>
      </Group>
    </li>
  );
}

type Entry = NonNullable<Simulation['gained']>[number];

/** By subject, then by scope: resource types that share their actions stand in one line. */
export function byPlace(entries: Entry[], nameOf: (resourceType: string) => string) {
  const places = new Map<string, { entry: Entry; lines: Map<string, Set<string>> }>();
  const order = ['read', 'update', 'create', 'delete'];
  for (const entry of entries) {
    const key = JSON.stringify([entry.subject?.type, entry.subject?.name, entry.scope?.type, entry.scope?.id]);
    const place = places.get(key) ?? { entry, lines: new Map<string, Set<string>>() };
    const words = [...(entry.actions ?? [])].sort((a, b) => order.indexOf(a) - order.indexOf(b)).map(actionWord).join(', ');
    place.lines.set(words, (place.lines.get(words) ?? new Set<string>()).add(nameOf(entry.resourceType ?? '')));
    places.set(key, place);
  }
  return [...places.values()].map(({ entry, lines }) => ({ entry, lines: [...lines].map(([words, types]) => ({ words, types: [...types].join(', ') })) }));
}

function Differences({ simulation, verb, later }: { simulation?: Simulation } & Pick<Props, 'verb' | 'later'>) {
  const roles = useRoles();
  const names = new Map(resourceTypes(roles.data ?? []).map((t) => [t.id, t.name]));
  const entries = (verb === 'gain' ? simulation?.gained : simulation?.lost) ?? [];
  const count = (verb === 'gain' ? simulation?.counts?.gained : simulation?.counts?.lost) ?? 0;
  if (entries.length === 0) {
    const why = later ? 'the rule does not hold before it starts' : 'other rules give the same, or the subject is unknown or disabled';
    return <Text size="sm" c="dimmed">{simulation ? `Nobody ${verb}s anything at this moment: ${why}.` : 'Nothing would change.'}</Text>;
  }
  return (
    <ScrollArea.Autosize mah={260} type="auto" offsetScrollbars="y" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': verb === 'gain' ? 'Who gains what' : 'Who loses what' }} bd="1px solid var(--mantine-color-default-border)" p="xs" style={{ borderRadius: 4 }}>
      <Stack gap="sm">
        {byPlace(entries, (type) => names.get(type) ?? type).map(({ entry, lines }) => (
          <div key={JSON.stringify([entry.subject, entry.scope])}>
            <Group gap={6} wrap="wrap">
              <Text size="sm" fw={600} component="div"><SubjectName type={entry.subject?.type ?? ''} name={entry.subject?.name} /></Text>
              <Text size="sm" c="dimmed">in {scopeKind(entry.scope?.type ?? '').label} {entry.scope?.name}</Text>
            </Group>
            {lines.map(({ words, types }) => (
              <Group key={words} gap={8} wrap="nowrap" align="baseline" pl={23}>
                <Text size="sm" style={{ flex: '1 1 0' }}>{types}</Text>
                <Text size="xs" c="dimmed" style={{ flex: 'none' }}>{words}</Text>
              </Group>
            ))}
          </div>
        ))}
        {count > entries.length && <Text size="sm" c="dimmed">and {(count - entries.length).toLocaleString('en')} more</Text>}
      </Stack>
    </ScrollArea.Autosize>
  );
}
