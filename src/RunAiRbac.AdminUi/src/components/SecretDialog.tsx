import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Copyable } from './Copyable';

interface Props {
  title: string;
  /** What is shown, the secret among it. */
  values: { label: string; value: string }[];
  children?: ReactNode;
  /** Further buttons, left of Done. */
  actions?: ReactNode;
  close: () => void;
}

/** Shows a secret this once; it stands nowhere else, neither in the browser's storage nor in a query's cache. A click outside does not lose it. */
export function SecretDialog({ title, values, children, actions, close }: Props) {
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false} closeOnEscape={false}>
      <Stack gap="sm">
        <Alert color="yellow" variant="light" icon={<IconEyeOff size={18} />} p="xs">
          It is shown this once. Copy it now.
        </Alert>
        {values.map(({ label, value }) => <Copyable key={label} label={label} value={value} />)}
        {children}
        <Group justify="flex-end" gap="xs">
          {actions}
          <Button onClick={close} variant={actions ? 'default' : 'filled'}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
