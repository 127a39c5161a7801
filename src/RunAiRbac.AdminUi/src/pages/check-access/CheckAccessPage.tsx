import { Alert, Center, Group, Loader, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconPlus } from '@tabler/icons-react';
import { useSearchParams } from 'react-router';
import { useExplain, type Explanation, type Question } from '../../api/decisions';
import { ask, usePermissions, usePermissionsAnywhere } from '../../api/permissions';
import { resourceTypes, useRoles } from '../../api/roles';
import type { ScopeNode } from '../../api/scopes';
import { useMe } from '../../api/session';
import type { Subject, SubjectType } from '../../api/subjects';
import { Failure } from '../../components/Failure';
import { GuardedButton } from '../../components/Guarded';
import { useNewRule } from '../../components/newRule';
import { PageHeader } from '../../components/PageHeader';
import { isComplete, QuestionFields, readAsked, writeAsked, type Asked } from '../../components/QuestionFields';
import { SubjectPicker } from '../../components/SubjectPicker';
import { PathDrawing } from './PathDrawing';
import { answerSentence } from './answer';

const wireType = (type: SubjectType) => (type === 'app' ? 'application' : type);

/** May this subject do this there, and why? The question stands in the address. */
export function Component() {
  const [params, setParams] = useSearchParams();
  const me = useMe().data!;
  const anywhere = usePermissionsAnywhere();
  const mayAsk = anywhere.may('authorization', 'read');
  const asked = readAsked(params);
  const [type, name] = [params.get('subjectType') as SubjectType | null, params.get('subject')];
  const other: Subject | undefined = type && name ? { type, name } : undefined;
  const aboutMe = !mayAsk || params.get('about') !== 'other';
  const write = (next: Asked, subject = other, mine = aboutMe) =>
    setParams({ ...(mine ? {} : { about: 'other' }), ...(subject && !mine ? { subjectType: subject.type, subject: subject.name } : {}), ...writeAsked(next) });
  const subject: Subject | undefined = aboutMe ? { type: me.type === 'user' ? 'user' : 'app', name: me.name } : other;
  const question: Question | undefined = anywhere.ready && isComplete(asked) && subject
    ? { ...(aboutMe ? {} : { subject: { type: wireType(subject.type), id: subject.name } }), action: asked.action, resourceType: asked.resourceType, scope: { type: asked.scope.type, id: asked.scope.id } }
    : undefined;
  const answer = useExplain(question);
  return (
    <>
      <PageHeader title="Check access" about="May somebody do something somewhere, and because of which rule?" />
      <Paper withBorder p="md" mb="md">
        <Stack gap="sm">
          {mayAsk && <Switch label={`About me (${me.name})`} checked={aboutMe} onChange={(e) => write(asked, other, e.currentTarget.checked)} />}
          {!aboutMe && <SubjectPicker label="Subject" value={other ? [other] : []} change={(s) => write(asked, s[0], false)} />}
          <QuestionFields asked={asked} change={(next) => write(next)} />
        </Stack>
      </Paper>
      {!question && <Text size="sm" c="dimmed">Choose {subject ? '' : 'a subject, '}an action, a resource type and a scope: the answer appears at once.</Text>}
      {question && answer.isPending && <Center py="xl"><Loader size="sm" aria-label="Loading" /></Center>}
      {answer.isError && <Failure error={answer.error} retry={() => void answer.refetch()} />}
      {question && subject && isComplete(asked) && answer.data && <Answer explanation={answer.data} subject={subject} asked={asked} />}
    </>
  );
}

function Answer({ explanation, subject, asked }: { explanation: Explanation; subject: Subject; asked: Required<Asked> }) {
  const roles = useRoles();
  const typeName = resourceTypes(roles.data ?? []).find((t) => t.id === asked.resourceType)?.name ?? asked.resourceType;
  const { allowed } = explanation;
  const scopeName = explanation.path?.at(-1)?.name ?? asked.scope.name;
  return (
    <Stack gap="md">
      <Alert color={allowed ? 'green' : 'red'} variant="light" icon={allowed ? <IconCircleCheck /> : <IconCircleX />} role="status" title={allowed ? 'Yes' : 'No'}>
        <Text size="sm">{answerSentence(explanation, { subjectType: subject.type, subjectName: subject.name, action: asked.action, typeName, scopeType: asked.scope.type, scopeName })}</Text>
      </Alert>
      {(explanation.nearest?.length ?? 0) > 0 && <Nearest explanation={explanation} subject={subject} scope={{ ...asked.scope, name: scopeName }} />}
      {(explanation.path?.length ?? 0) > 0 && (
        <div>
          <Title order={2} mb="xs">The path to it, and the rules on it</Title>
          <PathDrawing explanation={explanation} />
        </div>
      )}
    </Stack>
  );
}

/** The smallest roles that would allow it: each opens the dialog filled in. */
function Nearest({ explanation, subject, scope }: { explanation: Explanation; subject: Subject; scope: ScopeNode }) {
  const newRule = useNewRule();
  const create = ask('access_rules', 'create', scope);
  const may = usePermissions([create]);
  return (
    <div>
      <Title order={2} mb="xs">Roles that would allow it here</Title>
      <Stack gap={6}>
        {explanation.nearest?.map((nearest) => (
          <Group key={nearest.roleId} gap="sm">
            <Text size="sm" fw={500} miw={180}>{nearest.role}</Text>
            <GuardedButton may={may(create)} variant="light" leftSection={<IconPlus size={14} />} onClick={() => newRule({ subjects: [subject], roleId: nearest.roleId, scopes: [scope] })}>
              Give this role
            </GuardedButton>
          </Group>
        ))}
      </Stack>
    </div>
  );
}
