import { Alert, Button, Group, Modal, SimpleGrid, Stack, Stepper, Text, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useRoles } from '../../api/roles';
import { previewCreation, spread, useCreateRules, type WantedRules } from '../../api/ruleChanges';
import type { ScopeNode } from '../../api/scopes';
import { isEverybody, type Subject } from '../../api/subjects';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/Moment';
import type { RulePreset } from '../../components/newRule';
import { RolePicker } from '../../components/RolePicker';
import { ScopePicker } from '../../components/ScopePicker';
import { SubjectPicker } from '../../components/SubjectPicker';
import { ruleSentence } from '../../components/sentences';
import { RuleChanges, type ChangedRule } from './RuleChanges';

const most = 1000;
/** Rules for everybody are made one by one. */
const mostForEverybody = 50;

/** What is typed is the time of the browser's zone. */
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts().find((part) => part.type === 'timeZoneName')?.value ?? '';

const instant = (typed: string) => (typed ? new Date(typed).toISOString() : undefined);

function tooMany({ length: subjects }: Subject[], { length: scopes }: ScopeNode[], forEverybody: boolean): string | undefined {
  if (subjects * scopes > most) return `At most 1,000 rules at once: ${subjects} subjects in ${scopes} scopes are more.`;
  return forEverybody && scopes > mostForEverybody ? `At most ${mostForEverybody} scopes at once for all authenticated users.` : undefined;
}

/** New access rules in three steps, then read back as sentences with what each subject gains, before anything is saved. */
export default function NewRuleDialog({ preset, close }: { preset: RulePreset; close: () => void }) {
  const [subjects, setSubjects] = useState<Subject[]>(preset.subjects ?? []);
  const [roleId, setRoleId] = useState(preset.roleId);
  const [scopes, setScopes] = useState<ScopeNode[]>(preset.scopes ?? []);
  const [starts, setStarts] = useState('');
  const [expires, setExpires] = useState('');
  const [reason, setReason] = useState('');
  const complete = [subjects.length > 0, roleId !== undefined, scopes.length > 0];
  // Filled in from elsewhere, it opens at the first step that still needs something.
  const [step, setStep] = useState(() => complete.findIndex((c) => !c) < 0 ? 3 : complete.findIndex((c) => !c));
  const narrow = useMediaQuery('(max-width: 36em)');
  const problem = tooMany(subjects, scopes, subjects.some(isEverybody));
  const backwards = starts !== '' && expires !== '' && new Date(expires) <= new Date(starts);
  const wanted: WantedRules | undefined = complete.every(Boolean) && !problem && !backwards
    ? { subjects, roleId: roleId!, scopes, notBefore: instant(starts), expiresAt: instant(expires), reason: reason.trim() || undefined }
    : undefined;
  return (
    <Modal opened onClose={close} title="New access rule" size="lg" fullScreen={narrow}>
      <Stepper active={step} onStepClick={setStep} size="xs" iconSize={26} mb="md" allowNextStepsSelect={false} wrap={false} styles={{ stepBody: narrow ? { display: 'none' } : {} }}>
        <Stepper.Step label="Subjects" description="Who" aria-label={narrow ? 'Step 1: subjects' : undefined} />
        <Stepper.Step label="Role" description="What" aria-label={narrow ? 'Step 2: role' : undefined} />
        <Stepper.Step label="Scopes" description="Where" aria-label={narrow ? 'Step 3: scopes' : undefined} />
      </Stepper>
      <Stack gap="md">
        {step === 0 && <SubjectPicker label="Who gets access" value={subjects} change={setSubjects} multiple />}
        {step === 1 && <RolePicker label="Role" value={roleId} change={setRoleId} />}
        {step === 2 && (
          <>
            <ScopePicker label="Where" value={scopes} change={setScopes} multiple height={240} />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput type="datetime-local" label={`Starts (${zone})`} description="Empty: at once" value={starts} onChange={(e) => setStarts(e.currentTarget.value)} />
              <TextInput type="datetime-local" label={`Ends (${zone})`} description="Empty: it does not end" value={expires} onChange={(e) => setExpires(e.currentTarget.value)} error={backwards && 'It ends before it starts'} />
            </SimpleGrid>
            <TextInput label="Reason" description="Optional; shown with the rule" maxLength={1024} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
            {problem && <Alert color="orange">{problem}</Alert>}
          </>
        )}
        {step < 3 && (
          <Group justify="space-between">
            <Button variant="default" onClick={() => (step === 0 ? close() : setStep(step - 1))}>{step === 0 ? 'Cancel' : 'Back'}</Button>
            <Button disabled={!complete[step] || (step === 2 && !wanted)} onClick={() => setStep(step + 1)}>{step === 2 ? 'Review' : 'Next'}</Button>
          </Group>
        )}
        {step === 3 && wanted && <Review wanted={wanted} back={() => setStep(2)} close={close} />}
      </Stack>
    </Modal>
  );
}

function Review({ wanted, back, close }: { wanted: WantedRules; back: () => void; close: () => void }) {
  const roles = useRoles();
  const roleName = roles.data?.find((r) => r.id === wanted.roleId)?.name ?? '';
  const rules: ChangedRule[] = wanted.subjects.flatMap((s) =>
    wanted.scopes.map((p) => ({ key: [s.type, s.name, p.type, p.id].join(' '), sentence: ruleSentence({ subjectType: s.type, subjectName: s.name, role: roleName, scopeType: p.type, scopeName: p.name }) })));
  const { mutate: look, ...preview } = useMutation({ mutationFn: () => previewCreation(spread(wanted)) });
  useEffect(() => look(), [look]);
  const create = useCreateRules();
  const save = () => create.mutate(wanted, {
    onSuccess: (results) => {
      if (!results.every((r) => r.ok)) return;
      notifications.show({ color: 'green', message: results.length === 1 ? 'The access rule is created.' : `${results.length} access rules are created.` });
      close();
    },
  });
  const noneLeft = preview.data !== undefined && preview.data.refused.size === rules.length;
  return (
    <>
      {wanted.subjects.some(isEverybody) && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />}>Everybody who can sign in gets this: every user and every application, including those who come later.</Alert>
      )}
      {(wanted.notBefore || wanted.expiresAt) && (
        <Text size="sm" c="dimmed">
          {wanted.notBefore ? <>From <Moment at={wanted.notBefore} withTime /></> : 'From now on'}{wanted.expiresAt && <>, until <Moment at={wanted.expiresAt} withTime /></>}
        </Text>
      )}
      <RuleChanges rules={rules} preview={preview.data} results={create.data} pending={preview.isPending || preview.isIdle} verb="gain" later={wanted.notBefore !== undefined} />
      {preview.isError && <Failure error={preview.error} retry={() => look()} />}
      {create.isError && <Failure error={create.error} />}
      <Group justify="space-between">
        {create.data ? <span /> : <Button variant="default" onClick={back}>Back</Button>}
        {create.data
          ? <Button onClick={close}>Close</Button>
          : <Button onClick={save} loading={create.isPending} disabled={!preview.data || noneLeft}>{rules.length === 1 ? 'Save rule' : `Save ${rules.length} rules`}</Button>}
      </Group>
    </>
  );
}
