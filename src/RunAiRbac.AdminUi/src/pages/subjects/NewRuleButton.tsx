import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { usePermissionsAnywhere } from '../../api/permissions';
import type { Subject } from '../../api/subjects';
import { useNewRule } from '../../components/newRule';

/** Opens the dialog for a new rule of this subject; where it holds is chosen there. */
export function NewRuleButton({ subject }: { subject: Subject }) {
  const newRule = useNewRule();
  if (!usePermissionsAnywhere().may('access_rules', 'create')) return null;
  return <Button leftSection={<IconPlus size={16} />} onClick={() => newRule({ subjects: [subject] })}>New access rule</Button>;
}
