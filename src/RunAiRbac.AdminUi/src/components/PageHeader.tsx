import { Group, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

/** A page's title, one line about it, and its main actions at the right. Sets the window's title too. */
export function PageHeader({ title, about, actions }: { title: string; about?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · RunAiRbac`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <div style={{ minWidth: 0, flex: '1 1 260px' }}>
        <Title order={1}>{title}</Title>
        {about && <Text size="sm" c="dimmed" mt={2} component="div">{about}</Text>}
      </div>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
