import { Group, Loader, ScrollArea, Select, Stack, Text } from '@mantine/core';
import { actionWord } from '../api/permissions';
import { groupName, useRoles, type Role } from '../api/roles';
import { Failure } from './Failure';

/** A role, with what it may do shown below. */
export function RolePicker({ label, value, change }: { label: string; value?: number; change: (roleId: number | undefined) => void }) {
  const roles = useRoles();
  if (roles.isError) return <Failure error={roles.error} />;
  const role = roles.data?.find((r) => r.id === value);
  return (
    <Stack gap="sm">
      <Select label={label} placeholder="Choose a role" searchable clearable={false} nothingFoundMessage="No such role" rightSection={roles.isPending ? <Loader size={14} /> : undefined}
        data={(roles.data ?? []).map((r) => ({ value: String(r.id), label: r.name }))} value={value === undefined ? null : String(value)} onChange={(id) => change(id ? Number(id) : undefined)}
        renderOption={({ option }) => <RoleOption name={option.label} description={roles.data?.find((r) => String(r.id) === option.value)?.description} />} maxDropdownHeight={300} />
      {role && <RolePermissions role={role} />}
    </Stack>
  );
}

function RoleOption({ name, description }: { name: string; description?: string }) {
  return (
    <div>
      <Text size="sm">{name}</Text>
      <Text size="xs" c="dimmed">{description}</Text>
    </div>
  );
}

/** What a role may do, by group: resource types with the same actions share a line. */
export function RolePermissions({ role, height = 220 }: { role: Role; height?: number }) {
  const groups = new Map<string, Map<string, Set<string>>>();
  for (const p of role.permissions ?? []) {
    if (!p.actions?.length) continue;
    const words = ['read', 'update', 'create', 'delete'].filter((a) => p.actions!.includes(a)).map(actionWord).join(', ');
    const group = groups.get(p.groupId ?? '') ?? new Map<string, Set<string>>();
    groups.set(p.groupId ?? '', group.set(words, (group.get(words) ?? new Set()).add(p.displayName ?? '')));
  }
  return (
    <div>
      <Text size="sm" mb={6}>{role.description}</Text>
      <ScrollArea.Autosize mah={height} type="auto" offsetScrollbars="y" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Permissions of ${role.name}` }} bd="1px solid var(--mantine-color-default-border)" p="xs" style={{ borderRadius: 4 }}>
        <Stack gap={8}>
          {[...groups].map(([group, lines]) => (
            <div key={group}>
              <Text size="xs" fw={600} c="dimmed">{groupName(group)}</Text>
              {[...lines].map(([words, types]) => (
                <Group key={words} gap={8} wrap="nowrap" align="baseline">
                  <Text size="sm" style={{ flex: '1 1 0' }}>{[...types].join(', ')}</Text>
                  <Text size="xs" c="dimmed" ta="right" style={{ flex: 'none' }}>{words}</Text>
                </Group>
              ))}
            </div>
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </div>
  );
}
