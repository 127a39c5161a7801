import { Button, Collapse, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { ask, usePermissions, type May } from '../../api/permissions';
import type { ScopeNode } from '../../api/scopes';
import { ScopePicker } from '../../components/ScopePicker';
import { ScopeName } from '../../components/names';

interface Props {
  value: ScopeNode;
  change: (scope: ScopeNode) => void;
  may: May;
}

/** Where the new subject is managed. Most are managed in the account, so that the tree opens only when asked for. */
export function HomeScopeField({ value, change, may }: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text size="xs" c="dimmed">Managed in</Text>
          <Text size="sm" component="div"><ScopeName type={value.type} name={value.name} /></Text>
        </div>
        <Button variant="default" aria-expanded={opened} onClick={() => setOpened(!opened)}>{opened ? 'Close' : 'Change'}</Button>
      </Group>
      <Collapse expanded={opened} mt={opened ? 'xs' : 0}>
        {opened && <ScopePicker label="Managed in" value={[value]} change={(scopes) => scopes[0] && change(scopes[0])} height={200} />}
      </Collapse>
      {may.state === 'denied' && <Text size="xs" c="red" mt={4} role="alert">You need the permission {may.missing} in {value.name}. Choose a place where you have it.</Text>}
    </div>
  );
}

export const useMayCreateIn = (resourceType: string, scope: ScopeNode): May => {
  const question = ask(resourceType, 'create', scope);
  return usePermissions([question])(question);
};
