import { ActionIcon, Box, Group, Loader, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { branchSize, mostFound, useLevel, useScopeSearch, type ScopeNode } from '../api/scopes';
import { Failure } from './Failure';

/** What lies directly below a node, read when it is shown. Where there is more than a page of it, it can be searched and turned. */
export function Branch({ node, indent, children }: { node: ScopeNode; indent: number; children: (nodes: ScopeNode[]) => ReactNode }) {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 250);
  const [page, setPage] = useState(0);
  const level = useLevel(node, search, page);
  if (level.isError) return <Failure error={level.error} retry={() => void level.refetch()} />;
  if (!level.data) return <Box pl={indent} py={4}><Loader size="xs" aria-label="Loading" /></Box>;
  const { nodes, more } = level.data;
  const isLong = more || page > 0 || text !== '';
  const change = (next: string) => {
    setText(next);
    setPage(0);
  };
  return (
    <>
      {isLong && (
        <Group pl={indent} py={4} gap="xs">
          <TextInput type="search" size="xs" w={200} placeholder={`Search in ${node.name}`} aria-label={`Search in ${node.name}`} value={text} onChange={(e) => change(e.currentTarget.value)} onKeyDown={dontSend} leftSection={<IconSearch size={14} aria-hidden />} />
          <Group gap={2} wrap="nowrap">
            <Turn label={`Previous in ${node.name}`} icon={<IconChevronLeft size={14} />} disabled={page === 0} turn={() => setPage(page - 1)} />
            <Text size="xs" c="dimmed" role="status" aria-label={`Shown of ${node.name}`}>{range(page, nodes.length)}</Text>
            <Turn label={`Next in ${node.name}`} icon={<IconChevronRight size={14} />} disabled={!more} turn={() => setPage(page + 1)} />
          </Group>
        </Group>
      )}
      {nodes.length === 0 ? <Text size="sm" c="dimmed" pl={indent} py={4}>{search ? 'Nothing below has this in its name.' : 'Nothing below that you may see.'}</Text> : children(nodes)}
    </>
  );
}

/** A search inside a form: Enter does not send the form. */
export const dontSend = (e: KeyboardEvent) => {
  if (e.key === 'Enter') e.preventDefault();
};

const range = (page: number, count: number) => (count === 0 ? 'none' : `${(page * branchSize + 1).toLocaleString('en')} to ${(page * branchSize + count).toLocaleString('en')}`);

function Turn({ label, icon, disabled, turn }: { label: string; icon: ReactNode; disabled: boolean; turn: () => void }) {
  return <ActionIcon variant="subtle" color="gray" size={24} aria-label={label} disabled={disabled} onClick={turn}>{icon}</ActionIcon>;
}

/** What a search over all scopes finds. */
export function FoundScopes({ text, children }: { text: string; children: (nodes: ScopeNode[]) => ReactNode }) {
  const found = useScopeSearch(text);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loader size="xs" m="xs" aria-label="Loading" />;
  const { nodes, more } = found.data;
  if (nodes.length === 0) return <Text size="sm" c="dimmed" p={6}>Nothing that you may see has this in its name.</Text>;
  return (
    <>
      {children(nodes)}
      {more && <Text size="xs" c="dimmed" p={6}>Only the first {mostFound} of a kind are shown; type more of the name.</Text>}
    </>
  );
}
