import { Button, InputBase, Popover, type InputBaseProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ScopeNode } from '../api/scopes';
import { ScopePicker } from './ScopePicker';
import { ScopeName } from './names';

/** One scope, in the room of an input: opens the tree. */
export function ScopeField({ label, value, change, clearable, placeholder = 'Choose a scope', w }: { label: string; value?: ScopeNode; change: (scope: ScopeNode | undefined) => void; clearable?: boolean; placeholder?: string; w?: InputBaseProps['w'] }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} width={340} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <InputBase component="button" type="button" label={clearable ? undefined : label} aria-label={`${label}: ${value?.name ?? placeholder}`} pointer onClick={toggle} w={w} styles={{ input: { textAlign: 'start' } }}>
          {value ? <ScopeName type={value.type} name={value.name} /> : <span style={{ color: 'var(--mantine-color-placeholder)' }}>{placeholder}</span>}
        </InputBase>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <ScopePicker label={label} value={value ? [value] : []} change={(scopes) => { change(scopes[0]); close(); }} />
        {clearable && value && <Button mt="xs" variant="subtle" onClick={() => { change(undefined); close(); }}>Any scope</Button>}
      </Popover.Dropdown>
    </Popover>
  );
}
