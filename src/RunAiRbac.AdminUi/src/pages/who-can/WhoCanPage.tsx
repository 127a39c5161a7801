import { Button, Center, Loader, Paper, Text } from '@mantine/core';
import { useSearchParams } from 'react-router';
import type { Api } from '../../api/client';
import { useWhoCan } from '../../api/decisions';
import { Failure } from '../../components/Failure';
import { Grid, type GridColumn } from '../../components/Grid';
import { subjectKind } from '../../components/names';
import { PageHeader } from '../../components/PageHeader';
import { isComplete, QuestionFields, readAsked, writeAsked } from '../../components/QuestionFields';
import { SubjectLink } from '../subjects/SubjectLink';

const columns: GridColumn<Api<'WhoCanSubject'>>[] = [
  { header: 'Subject', width: '32%', cell: (s) => <SubjectLink type={s.type ?? ''} id={s.id} name={s.name} /> },
  { header: 'Type', cell: (s) => (s.type === 'all-authenticated-users' ? '–' : subjectKind(s.type ?? '').label) },
  { header: 'Because', width: '55%', cell: (s) => s.via?.map((via) => <Text key={via.accessRule?.id} size="sm">{via.accessRule?.sentence}</Text>) },
];

/** Who may do this there? Everybody, with the rules that give it. */
export function Component() {
  const [params, setParams] = useSearchParams();
  const asked = readAsked(params);
  const question = isComplete(asked) ? { action: asked.action, resourceType: asked.resourceType, scope: { type: asked.scope.type, id: asked.scope.id } } : undefined;
  const found = useWhoCan(question);
  const subjects = found.data?.pages.flatMap((page) => page.subjects ?? []);
  return (
    <>
      <PageHeader title="Who can" about="Everybody who may do something somewhere, groups with their known members, and the rules that give it." />
      <Paper withBorder p="md" mb="md"><QuestionFields asked={asked} change={(next) => setParams(writeAsked(next))} /></Paper>
      {!question && <Text size="sm" c="dimmed">Choose an action, a resource type and a scope.</Text>}
      {question && found.isPending && <Center py="xl"><Loader size="sm" aria-label="Loading" /></Center>}
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {subjects?.length === 0 && <Text size="sm" c="dimmed" role="status">Nobody may.</Text>}
      {subjects && subjects.length > 0 && <Grid label="Who can" columns={columns} rows={subjects} rowKey={(s) => `${s.type} ${s.id}`} empty="" />}
      {found.hasNextPage && <Center mt="sm"><Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>Show more</Button></Center>}
    </>
  );
}
