import { Alert, Badge, Button, Group, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useWhatCan, type Holder } from '../../api/effective';
import { actionWord, usePermissionsAnywhere } from '../../api/permissions';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { ScopeName } from '../../components/names';
import { byScope, filterRows, toRows, type WhatCanRow } from './whatCan';

/** What the subject may do, at the highest scopes where it may, and by which rules. */
export function PermissionsTab({ holder }: { holder: Holder }) {
  const [text, setText] = useState('');
  const found = useWhatCan(holder);
  return (
    <Loaded query={found}>
      {({ pages }) => {
        const rows = toRows(pages.flatMap((page) => page.permissions));
        const shown = byScope(filterRows(rows, text));
        return (
          <Stack gap="md">
            {pages[0]?.partial && <Alert color="yellow" variant="light">Only what holds where you may ask about others is shown.</Alert>}
            {rows.length > 0 && <TextInput type="search" aria-label="Find a resource type, a scope or an action" placeholder="Find a resource type, a scope or an action" leftSection={<IconSearch size={16} aria-hidden />} value={text} onChange={(e) => setText(e.currentTarget.value)} maw={360} />}
            {rows.length === 0 && <Text size="sm" c="dimmed">{holder.name} may do nothing anywhere.</Text>}
            {rows.length > 0 && shown.length === 0 && <Text size="sm" c="dimmed">Nothing matches{found.hasNextPage ? ' in what has been read so far' : ''}.</Text>}
            {shown.map(({ scope, rows: here }) => (
              <section key={scope.type + scope.id}>
                <Title order={2} mb={4}><ScopeName type={scope.type} name={scope.name} /></Title>
                <Grid label={`Permissions in ${scope.name}`} columns={columns} rows={here} rowKey={(r) => r.key} empty="Nothing" />
              </section>
            ))}
            {found.hasNextPage && <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()} style={{ alignSelf: 'flex-start' }}>More</Button>}
          </Stack>
        );
      }}
    </Loaded>
  );
}

const columns: GridColumn<WhatCanRow>[] = [
  { header: 'Resource type', width: 220, cell: (r) => <TypeName id={r.resourceType} /> },
  { header: 'Actions', width: 260, cell: (r) => <Group gap={4}>{r.actions.map((a) => <Badge key={a} color="gray">{actionWord(a)}</Badge>)}</Group> },
  { header: 'Because', width: '55%', cell: (r) => <Because sentences={r.because} /> },
];

/** Several resource types share a name: the id tells them apart. */
function TypeName({ id }: { id: string }) {
  const name = usePermissionsAnywhere().nameOf(id);
  return <>{name}{name !== id && <Text span size="xs" c="dimmed"> {id}</Text>}</>;
}

function Because({ sentences }: { sentences: string[] }) {
  const [first, ...more] = sentences;
  return (
    <Group gap={6} wrap="nowrap">
      <span className="truncate" title={first}>{first}</span>
      {more.length > 0 && (
        <Tooltip label={<Stack gap={2}>{more.map((s) => <span key={s}>{s}</span>)}</Stack>}>
          <Badge color="gray" tabIndex={0} style={{ flex: 'none' }}>and {more.length} more</Badge>
        </Tooltip>
      )}
    </Group>
  );
}
