import { ActionIcon, Anchor, Box } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { ScopeNode } from '../../api/scopes';
import { Branch, FoundScopes } from '../../components/Branch';
import { SearchField } from '../../components/DataTable';
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
      {search ? (
        <FoundScopes text={search}>{(nodes) => <div className="org-tree"><ul aria-label="Found">{nodes.map((node) => <li key={node.type + node.id}><Row node={node} /></li>)}</ul></div>}</FoundScopes>
      ) : <OrgTree root={root} />}
    </>
  );
}

function Node({ node, startsOpen = false }: { node: ScopeNode; startsOpen?: boolean }) {
  const [open, setOpen] = useState(startsOpen);
  const isLeaf = node.type === 'project';
  return (
    <li>
      <Row node={node} toggle={isLeaf ? undefined : { open, change: () => setOpen(!open) }} leaf={isLeaf} />
      {open && !isLeaf && <Branch node={node} indent={32}>{(nodes) => <ul>{nodes.map((child) => <Node key={child.id} node={child} />)}</ul>}</Branch>}
    </li>
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
