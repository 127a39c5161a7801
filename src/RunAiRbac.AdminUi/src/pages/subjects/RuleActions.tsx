import { IconShieldQuestion, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { AccessRule } from '../../api/accessRules';
import { ask } from '../../api/permissions';
import { ActionMenu } from '../../components/ActionMenu';
import { DeleteRulesDialog, sentenceOf } from '../access-rules/DeleteRulesDialog';

/** What can be done with a rule where it is shown beside its subject or its scope. */
export function RuleActions({ rule }: { rule: AccessRule }) {
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const scope = { type: rule.scopeType, id: rule.scopeId };
  return (
    <>
      <ActionMenu label={`Actions: ${sentenceOf(rule)}`} actions={[
        { label: 'See among all access rules', icon: <IconShieldQuestion size={16} />, run: () => void navigate(`/access-rules?subjectIds=${encodeURIComponent(rule.subjectId)}`) },
        { label: 'Delete the rule', icon: <IconTrash size={16} />, run: () => setDeleting(true), needs: ask('access_rules', 'delete', scope), red: true },
      ]} />
      {deleting && <DeleteRulesDialog rules={[rule]} close={() => setDeleting(false)} />}
    </>
  );
}
