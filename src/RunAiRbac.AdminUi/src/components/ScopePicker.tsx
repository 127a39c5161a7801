import { ActionIcon, Box, Button, Checkbox, Group, Loader, Radio, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconSearch } from '@tabler/icons-react';
import { createContext, useContext, useId, useState } from 'react';
import { useChildren, useScopeSearch, type ScopeNode } from '../api/scopes';
import { useTenantScope } from '../api/session';
import { Failure } from './Failure';
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
        <TextInput type="search" placeholder="Search clusters, departments, projects" aria-label={`${label}: search`} value={text} onChange={(e) => setText(e.currentTarget.value)} leftSection={<IconSearch size={16} aria-hidden />} />
        <ScrollArea.Autosize mah={height} type="auto" offsetScrollbars="y" viewportProps={{ tabIndex: 0 }} bd="1px solid var(--mantine-color-default-border)" p={6} style={{ borderRadius: 4 }}>
          {search ? <Found text={search} /> : tenant && <Node node={tenant} level={0} startsOpen />}
        </ScrollArea.Autosize>
      </Stack>
    </Picking.Provider>
  );
}

function Found({ text }: { text: string }) {
  const found = useScopeSearch(text);
  if (found.isError) return <Failure error={found.error} />;
  if (!found.data) return <Loader size="xs" m="xs" aria-label="Loading" />;
  if (found.data.length === 0) return <Text size="sm" c="dimmed" p={6}>Nothing has this in its name.</Text>;
  return found.data.map((node) => <Choice key={node.type + node.id} node={node} />);
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
      {open && !isLeaf && <Children node={node} level={level + 1} />}
    </Box>
  );
}

function Children({ node, level }: { node: ScopeNode; level: number }) {
  const children = useChildren(node, true);
  if (children.isError) return <Failure error={children.error} retry={() => void children.refetch()} />;
  if (!children.data) return <Box pl={44} py={4}><Loader size="xs" aria-label="Loading" /></Box>;
  const nodes = children.data.pages.flatMap((page) => page.nodes);
  return (
    <>
      {nodes.map((child) => <Node key={child.id} node={child} level={level} />)}
      {nodes.length === 0 && <Text size="xs" c="dimmed" pl={44} py={2}>Nothing below</Text>}
      {children.hasNextPage && <Button variant="subtle" ml={40} loading={children.isFetchingNextPage} onClick={() => void children.fetchNextPage()}>More below {node.name}</Button>}
    </>
  );
}

function Choice({ node }: { node: ScopeNode }) {
  const { name, multiple, isChosen, toggle } = useContext(Picking);
  const Input = multiple ? Checkbox : Radio;
  const label = <ScopeName type={node.type} name={node.name} path={node.path ? `${node.path}/${node.name}` : undefined} />;
  return <Input size="xs" name={name} checked={isChosen(node)} onChange={() => toggle(node)} label={label} styles={{ label: { fontSize: 'var(--mantine-font-size-sm)', paddingInlineStart: 8 }, body: { alignItems: 'center' } }} py={3} />;
}
