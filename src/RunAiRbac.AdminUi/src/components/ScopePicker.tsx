import { ActionIcon, Box, Checkbox, Group, Radio, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconSearch } from '@tabler/icons-react';
import { createContext, useContext, useId, useState } from 'react';
import type { ScopeNode } from '../api/scopes';
import { useTenantScope } from '../api/session';
import { Branch, dontSend, FoundScopes } from './Branch';
import { ScopeName } from './names';

interface Props {
  label: string;
  value: ScopeNode[];
  change: (scopes: ScopeNode[]) => void;
  multiple?: boolean;
  height?: number;
}

interface Picking {
  name: string;
  multiple: boolean;
  isChosen: (node: ScopeNode) => boolean;
  toggle: (node: ScopeNode) => void;
}

const Picking = createContext<Picking>(null!);

/** The tree of the organization, read as it is opened, with a search over all of it. */
export function ScopePicker({ label, value, change, multiple = false, height = 280 }: Props) {
  const tenant = useTenantScope();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 250);
  const isChosen = (node: ScopeNode) => value.some((s) => s.type === node.type && s.id === node.id);
  const toggle = (node: ScopeNode) => change(!multiple ? [node] : isChosen(node) ? value.filter((s) => s.id !== node.id || s.type !== node.type) : [...value, node]);
  return (
    <Picking.Provider value={{ name: useId(), multiple, isChosen, toggle }}>
      <Stack gap={6} role={multiple ? 'group' : 'radiogroup'} aria-label={label}>
        <Text size="sm" fw={500} aria-hidden>{label}</Text>
        <TextInput type="search" placeholder="Search clusters, departments, projects" aria-label={`${label}: search`} value={text} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={dontSend} leftSection={<IconSearch size={16} aria-hidden />} />
        <ScrollArea.Autosize mah={height} type="auto" offsetScrollbars="y" viewportProps={{ tabIndex: 0 }} bd="1px solid var(--mantine-color-default-border)" p={6} style={{ borderRadius: 4 }}>
          {search ? <FoundScopes text={search}>{(nodes) => nodes.map((node) => <Choice key={node.type + node.id} node={node} />)}</FoundScopes> : tenant && <Node node={tenant} level={0} startsOpen />}
        </ScrollArea.Autosize>
      </Stack>
    </Picking.Provider>
  );
}

function Node({ node, level, startsOpen = false }: { node: ScopeNode; level: number; startsOpen?: boolean }) {
  const [open, setOpen] = useState(startsOpen);
  const isLeaf = node.type === 'project';
  return (
    <Box pl={level === 0 ? 0 : 20}>
      <Group gap={2} wrap="nowrap">
        {isLeaf ? <Box w={24} style={{ flex: 'none' }} /> : (
          <ActionIcon variant="subtle" color="gray" size={24} aria-expanded={open} aria-label={`${open ? 'Close' : 'Open'} ${node.name}`} onClick={() => setOpen(!open)}>
            {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          </ActionIcon>
        )}
        <Choice node={node} />
      </Group>
      {open && !isLeaf && <Branch node={node} indent={44}>{(nodes) => nodes.map((child) => <Node key={child.id} node={child} level={level + 1} />)}</Branch>}
    </Box>
  );
}

function Choice({ node }: { node: ScopeNode }) {
  const { name, multiple, isChosen, toggle } = useContext(Picking);
  const Input = multiple ? Checkbox : Radio;
  const label = <ScopeName type={node.type} name={node.name} path={node.path ? `${node.path}/${node.name}` : undefined} />;
  return <Input size="xs" name={name} checked={isChosen(node)} onChange={() => toggle(node)} label={label} styles={{ label: { fontSize: 'var(--mantine-font-size-sm)', paddingInlineStart: 8 }, body: { alignItems: 'center' } }} py={3} />;
}
