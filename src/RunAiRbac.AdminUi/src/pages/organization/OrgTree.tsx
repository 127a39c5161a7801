import { ActionIcon, Anchor, Box, Button, Loader, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useChildren, useScopeSearch, type ScopeNode } from '../../api/scopes';
import { SearchField } from '../../components/DataTable';
import { Failure } from '../../components/Failure';
import { ScopeName } from '../../components/names';
import { scopePath } from '../subjects/paths';
import { NodeMenu } from './NodeMenu';

/** A part of the organization as a tree: each branch is read when it is opened, page by page. */
export function OrgTree({ root }: { root: ScopeNode }) {
  return <div className="org-tree"><ul aria-label={`All in ${root.name}`}><Node node={root} startsOpen /></ul></div>;
}

/** The tree of everything with a search over all of it; the address keeps the search. */
export function SearchableTree({ root }: { root: ScopeNode }) {
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  return (
    <>
      <SearchField width={320} label="Search clusters, departments, projects" value={search} change={(text) => setParams(text ? { search: text } : {}, { replace: true })} />
      {search ? <Found text={search} /> : <OrgTree root={root} />}
    </>
  );
}

function Found({ text }: { text: string }) {
  const found = useScopeSearch(text);
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loader size="xs" m="xs" aria-label="Loading" />;
  if (found.data.length === 0) return <Text size="sm" c="dimmed" py="md">Nothing that you may see has this in its name.</Text>;
  return <div className="org-tree"><ul aria-label="Found">{found.data.map((node) => <li key={node.type + node.id}><Row node={node} /></li>)}</ul></div>;
}

function Node({ node, startsOpen = false }: { node: ScopeNode; startsOpen?: boolean }) {
  const [open, setOpen] = useState(startsOpen);
  const isLeaf = node.type === 'project';
  return (
    <li>
      <Row node={node} toggle={isLeaf ? undefined : { open, change: () => setOpen(!open) }} leaf={isLeaf} />
      {open && !isLeaf && <Children node={node} />}
    </li>
  );
}

function Children({ node }: { node: ScopeNode }) {
  const children = useChildren(node, true);
  if (children.isError) return <Failure error={children.error} retry={() => void children.refetch()} />;
  if (!children.data) return <Box pl={32} py={4}><Loader size="xs" aria-label="Loading" /></Box>;
  const nodes = children.data.pages.flatMap((page) => page.nodes);
  if (nodes.length === 0) return <Text size="sm" c="dimmed" pl={32} py={4}>Nothing below that you may see.</Text>;
  return (
    <ul>
      {nodes.map((child) => <Node key={child.id} node={child} />)}
      {children.hasNextPage && (
        <li><Button variant="subtle" ml={28} loading={children.isFetchingNextPage} onClick={() => void children.fetchNextPage()}>More below {node.name}</Button></li>
      )}
    </ul>
  );
}

interface Toggle {
  open: boolean;
  change: () => void;
}

function Row({ node, toggle, leaf }: { node: ScopeNode; toggle?: Toggle; leaf?: boolean }) {
  return (
    <div className="org-row">
      {toggle && (
        <ActionIcon variant="subtle" color="gray" size={24} aria-expanded={toggle.open} aria-label={`${toggle.open ? 'Close' : 'Open'} ${node.name}`} onClick={toggle.change}>
          {toggle.open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </ActionIcon>
      )}
      {leaf && <Box w={24} style={{ flex: 'none' }} />}
      <Anchor component={Link} to={scopePath(node)} c="inherit" underline="hover" size="sm" style={{ flex: '1 1 auto', minWidth: 0 }}>
        <ScopeName type={node.type} name={node.name} path={node.path ? `${node.path}/${node.name}` : undefined} />
      </Anchor>
      <NodeMenu node={node} />
    </div>
  );
}
