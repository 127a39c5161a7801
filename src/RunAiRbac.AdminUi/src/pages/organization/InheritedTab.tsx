import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useWhoCanIn, type WhoCanSubject } from '../../api/orgUnits';
import { actionWord } from '../../api/permissions';
import { actions, resourceTypes, useRoles } from '../../api/roles';
import type { ScopeNode } from '../../api/scopes';
import { Grid, Loaded, type GridColumn } from '../../components/Grid';
import { scopeKind, SubjectName } from '../../components/names';
import { isOwn } from './units';

interface Inherited {
  subject: WhoCanSubject;
  sentences: string[];
}

/** Who may do something here by rules that are written above: what who-can gives, without this scope's own rules. */
export function InheritedTab({ scope }: { scope: ScopeNode }) {
  const [params, setParams] = useSearchParams();
  const action = params.get('action') ?? 'read';
  const resourceType = params.get('resourceType') ?? scope.type;
  const set = (name: string, value: string | null) => setParams((current) => { const next = new URLSearchParams(current); if (value) next.set(name, value); return next; }, { replace: true });
  const [wantsTypes, setWantsTypes] = useState(false);
  const roles = useRoles(wantsTypes);
  const found = useWhoCanIn(scope, resourceType, action);
  // Read when somebody wants to choose another.
  const types = roles.data ? resourceTypes(roles.data).map((t) => ({ value: t.id, label: `${t.name} (${t.id})` })) : [resourceType];
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">Rules in the places above hold here too. Choose what should be possible here.</Text>
      <Group gap="xs" align="flex-end">
        <Select label="Action" data={actions.map((a) => ({ value: a, label: actionWord(a) }))} value={action} onChange={(a) => set('action', a)} allowDeselect={false} w={120} />
        <Select label="Resource type" searchable onFocus={() => setWantsTypes(true)} data={types} value={resourceType} onChange={(t) => set('resourceType', t)} allowDeselect={false} w={260} />
      </Group>
      <Loaded query={found}>
        {({ pages }) => (
          <>
            <Grid label="Inherited" columns={columns} rows={inherited(pages.flatMap((page) => page.subjects), scope)} rowKey={(r) => `${r.subject.type} ${r.subject.id}`} empty="Nobody by a rule that is written above." />
            {found.hasNextPage && <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()} style={{ alignSelf: 'flex-start' }}>More</Button>}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function inherited(subjects: WhoCanSubject[], scope: ScopeNode): Inherited[] {
  const label = scopeKind(scope.type).label;
  return subjects
    .map((subject) => ({ subject, sentences: (subject.via ?? []).map((v) => v.accessRule?.sentence ?? '').filter((s) => !isOwn(s, scope, label)) }))
    .filter(({ sentences }) => sentences.length > 0);
}

const columns: GridColumn<Inherited>[] = [
  { header: 'Subject', width: 280, cell: (r) => <SubjectName type={r.subject.type ?? ''} name={r.subject.name} /> },
  { header: 'By', cell: (r) => <Stack gap={0}>{r.sentences.map((s) => <span key={s}>{s}</span>)}</Stack> },
];
