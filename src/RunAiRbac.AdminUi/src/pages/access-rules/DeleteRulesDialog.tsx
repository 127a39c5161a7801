import { Button, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AccessRule } from '../../api/accessRules';
import { previewDeletion, useDeleteRules } from '../../api/ruleChanges';
import { Failure } from '../../components/Failure';
import { ruleSentence } from '../../components/sentences';
import { RuleChanges } from './RuleChanges';

export const sentenceOf = (rule: AccessRule) =>
  ruleSentence({ subjectType: rule.subjectType ?? '', subjectName: rule.subjectId ?? '', role: rule.roleName, scopeType: rule.scopeType, scopeName: rule.scopeName });

/** Deletes access rules after showing who loses what. */
export function DeleteRulesDialog({ rules, close }: { rules: AccessRule[]; close: () => void }) {
  const ids = rules.map((r) => r.id);
  const { mutate: look, ...preview } = useMutation({ mutationFn: () => previewDeletion(rules.map((r) => r.id)) });
  useEffect(() => look(), [look]);
  const remove = useDeleteRules();
  const confirm = () => remove.mutate(ids, {
    onSuccess: (results) => {
      if (!results.every((r) => r.ok)) return;
      notifications.show({ color: 'green', message: ids.length === 1 ? 'The access rule is deleted.' : `${ids.length} access rules are deleted.` });
      close();
    },
  });
  const noneLeft = preview.data !== undefined && preview.data.refused.size === rules.length;
  return (
    <Modal opened onClose={close} title={rules.length === 1 ? 'Delete this access rule?' : `Delete ${rules.length} access rules?`} size="lg">
      <Stack gap="md">
        <RuleChanges rules={rules.map((r) => ({ key: String(r.id), sentence: sentenceOf(r) }))} preview={preview.data} results={remove.data} pending={preview.isPending || preview.isIdle} verb="lose" />
        {preview.isError && <Failure error={preview.error} retry={() => look()} />}
        {remove.isError && <Failure error={remove.error} />}
        <Group justify="flex-end">
          {remove.data ? <Button onClick={close}>Close</Button> : (
            <>
              <Button variant="default" onClick={close}>Cancel</Button>
              <Button color="red" onClick={confirm} loading={remove.isPending} disabled={!preview.data || noneLeft}>Delete</Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
