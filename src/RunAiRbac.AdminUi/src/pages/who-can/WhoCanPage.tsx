import { Button, Center, Loader, Paper, Table, Text } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useWhoCan } from '../../api/decisions';
import { Failure } from '../../components/Failure';
import { SubjectName, subjectKind } from '../../components/names';
import { PageHeader } from '../../components/PageHeader';
import { isComplete, QuestionFields, readAsked, writeAsked } from '../../components/QuestionFields';

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
      {subjects && subjects.length > 0 && (
        <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label="Who can">
          <Table verticalSpacing={6} fz="sm" highlightOnHover>
            <Table.Thead><Table.Tr><Table.Th w={{ base: 150, sm: 320 }}>Subject</Table.Th><Table.Th visibleFrom="sm" w={120}>Type</Table.Th><Table.Th>Because</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {subjects.map((subject) => (
                <Table.Tr key={`${subject.type} ${subject.id}`}>
                  <Table.Td maw={320}><SubjectName type={subject.type ?? ''} name={subject.name} /></Table.Td>
                  <Table.Td visibleFrom="sm">{subjectKind(subject.type ?? '').label}</Table.Td>
                  <Table.Td>{subject.via?.map((via) => <Text key={via.accessRule?.id} size="sm" style={{ overflowWrap: 'anywhere' }}>{via.accessRule?.sentence}</Text>)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {found.hasNextPage && <Center mt="sm"><Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>Show more</Button></Center>}
    </>
  );
}
