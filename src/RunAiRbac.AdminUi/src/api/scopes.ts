import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, body, type Api } from './client';

export type ScopeType = 'tenant' | 'cluster' | 'department' | 'project';

/** A node of the tree, as it can be picked. */
export interface ScopeNode {
  type: ScopeType;
  id: string;
  name: string;
  /** The names above it, when they are known. */
  path?: string;
}

const pageSize = 100;

export const useClusters = (enabled = true) =>
  useQuery({
    queryKey: ['clusters', 'names'],
    enabled,
    queryFn: async () => {
      const clusters = await body(api.GET('/api/v1/clusters', { params: { query: { verbosity: 'metadata' } } }));
      return clusters.map((c): ScopeNode => ({ type: 'cluster', id: c.uuid, name: c.name })).sort((a, b) => a.name.localeCompare(b.name));
    },
  });

interface NodePage {
  nodes: ScopeNode[];
  next?: number;
}

async function readDepartments(filterBy: string, offset: number): Promise<NodePage> {
  const page = await body(api.GET('/api/v1/org-unit/departments', { params: { query: { filterBy, sortBy: 'name', limit: pageSize, offset } } }));
  return { nodes: (page.departments ?? []).map((d: Api<'Department'>): ScopeNode => ({ type: 'department', id: d.id, name: d.name })), next: page.next ?? undefined };
}

async function readProjects(query: { filterBy?: string; search?: string }, offset: number, limit = pageSize): Promise<NodePage> {
  const page = await body(api.GET('/api/v1/org-unit/projects', { params: { query: { ...query, sortBy: 'name', limit, offset } } }));
  return { nodes: (page.projects ?? []).map((p: Api<'Project'>): ScopeNode => ({ type: 'project', id: p.id, name: p.name, ...(query.search ? { path: p.parent?.name } : {}) })), next: page.next ?? undefined };
}

/** What lies directly below a node, page by page; read when the node is opened. */
export function useChildren(node: ScopeNode, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['scopes', 'below', node.type, node.id],
    enabled,
    initialPageParam: 0,
    getNextPageParam: (last: NodePage) => last.next,
    queryFn: async ({ pageParam }): Promise<NodePage> => {
      if (node.type === 'cluster') return readDepartments(`clusterId==${node.id}`, pageParam);
      if (node.type === 'department') return readProjects({ filterBy: `parentId==${node.id}` }, pageParam);
      const clusters = await body(api.GET('/api/v1/clusters', { params: { query: { verbosity: 'metadata' } } }));
      return { nodes: clusters.map((c): ScopeNode => ({ type: 'cluster', id: c.uuid, name: c.name })).sort((a, b) => a.name.localeCompare(b.name)) };
    },
  });
}

/** Scopes whose name holds a text, at most 20 of each type. */
export const useScopeSearch = (text: string) =>
  useQuery({
    queryKey: ['scopes', 'search', text],
    enabled: text !== '',
    queryFn: async () => {
      const [clusters, departments, projects] = await Promise.all([
        body(api.GET('/api/v1/clusters', { params: { query: { verbosity: 'metadata' } } })),
        readDepartments(`name=@${text}`, 0),
        readProjects({ search: text }, 0, 20),
      ]);
      const lower = text.toLowerCase();
      const found = clusters.filter((c) => c.name.toLowerCase().includes(lower)).map((c): ScopeNode => ({ type: 'cluster', id: c.uuid, name: c.name }));
      return [...found.slice(0, 20), ...departments.nodes.slice(0, 20), ...projects.nodes];
    },
  });
