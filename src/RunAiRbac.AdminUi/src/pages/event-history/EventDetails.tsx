import { Badge, Code, Table, Text } from '@mantine/core';
import type { AuditEvent } from '../../api/audit';
import { Facts } from '../../components/Facts';
import { Moment } from '../../components/Moment';
import { compare, show } from './words';

/** One event with what it changed. */
export function EventDetails({ event }: { event: AuditEvent }) {
  const differences = compare(event.before, event.after);
  return (
    <>
      <Facts of={[
        ['Time', <Moment at={event.timestamp} withTime />],
        ['Who', `${event.subject} (${event.subject_type})`],
        ['Result', <Badge color={event.result === 'Failed' ? 'red' : 'gray'}>{event.result}{event.http_status_code ? ` ${event.http_status_code}` : ''}</Badge>],
        ['What', event.entity_name],
        ['From', event.source_ip],
        ['Request', event.url && <Code>{event.http_method} {event.url}</Code>],
        ['Request id', event.request_id && <Code>{event.request_id}</Code>],
        ['Event id', <Code>{event.id}</Code>],
        ...Object.entries(event.metadata ?? {}).map(([name, value]): [string, string] => [name, show(value)]),
      ]} />
      {differences.length === 0 ? <Text size="sm" c="dimmed">The event changed nothing that is kept.</Text> : (
        <Table.ScrollContainer minWidth={420} type="native" tabIndex={0} role="region" aria-label="Before and after" pos="relative">
          <Table fz="sm" verticalSpacing={5}>
            <Table.Caption className="sr-only">Before and after</Table.Caption>
            <Table.Thead><Table.Tr><Table.Th>Field</Table.Th><Table.Th>Before</Table.Th><Table.Th>After</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {differences.map((d) => (
                <Table.Tr key={d.field} fw={d.changed ? 600 : undefined}>
                  <Table.Td>{d.field}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{show(d.before)}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{show(d.after)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}
