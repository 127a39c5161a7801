import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { usePermissions, type Ask, type May } from '../api/permissions';

export interface MenuAction {
  label: string;
  icon: ReactNode;
  run: () => void;
  /** The permission it needs; without one it is open to everybody. */
  needs?: Ask;
  red?: boolean;
}

/** The actions of a row. What they need is asked when the menu opens, so that long lists need no call for each row. */
export function ActionMenu({ label, actions }: { label: string; actions: MenuAction[] }) {
  const [opened, setOpened] = useState(false);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label}><IconDots size={16} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{opened && <Items actions={actions} />}</Menu.Dropdown>
    </Menu>
  );
}

function Items({ actions }: { actions: MenuAction[] }) {
  const may = usePermissions(actions.flatMap((a) => (a.needs ? [a.needs] : [])));
  const judged = actions.map((action) => ({ action, may: action.needs ? may(action.needs) : ({ state: 'allowed' } as May) })).filter(({ may }) => may.state !== 'never');
  if (judged.length === 0) return <Menu.Label>Nothing that you may do</Menu.Label>;
  return judged.map(({ action, may }) => (
    // Not `disabled`: the keyboard has to reach the reason too.
    <Menu.Item key={action.label} leftSection={action.icon} color={action.red && may.state === 'allowed' ? 'red' : undefined} aria-disabled={may.state !== 'allowed'} closeMenuOnClick={may.state === 'allowed'}
      onClick={may.state === 'allowed' ? action.run : undefined} style={may.state === 'allowed' ? undefined : { cursor: 'not-allowed' }}>
      {may.state === 'allowed' ? action.label : <Text span size="sm" c="dimmed">{action.label}</Text>}
      {may.state === 'denied' && <Text size="xs" c="dimmed">Needs the permission {may.missing}</Text>}
    </Menu.Item>
  ));
}
