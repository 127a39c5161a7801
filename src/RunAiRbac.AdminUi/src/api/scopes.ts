import { keepPreviousData, useQuery } from '@tanstack/react-query';
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

/** How many nodes one level of the tree shows at a time. */
export const branchSize = 50;

/** How many departments and how many projects a search over all shows. */
export const mostFound = 20;

async function readClusters(): Promise<ScopeNode[]> {
  const clusters = await body(api.GET('/api/v1/clusters', { params: { query: { verbosity: 'metadata' } } }));
  return clusters.map((c): ScopeNode => ({ type: 'cluster', id: c.uuid, name: c.name }));
}

export interface Level {
  nodes: ScopeNode[];
  /** Whether there are further ones. */
  more: boolean;
}

const holds = (text: string) => (node: ScopeNode) => node.name.toLowerCase().includes(text.toLowerCase());

const slice = (nodes: ScopeNode[], offset: number, limit: number): Level => ({ nodes: nodes.slice(offset, offset + limit), more: nodes.length > offset + limit });

// A single term would be split at its commas, several are taken as they are.
const terms = (...filterBy: string[]) => (filterBy.length === 1 ? [...filterBy, ...filterBy] : filterBy) as never;

async function readDepartments(filterBy: string[], offset: number, limit: number): Promise<{ departments: Api<'Department'>[]; more: boolean }> {
  const page = await body(api.GET('/api/v1/org-unit/departments', { params: { query: { filterBy: terms(...filterBy), sortBy: 'name', limit, offset } } }));
  return { departments: page.departments ?? [], more: page.next != null };
}

async function readProjects(query: { filterBy?: string; search?: string }, offset: number, limit: number): Promise<{ projects: Api<'Project'>[]; more: boolean }> {
  const page = await body(api.GET('/api/v1/org-unit/projects', { params: { query: { ...query, sortBy: 'name', limit, offset } } }));
  return { projects: page.projects ?? [], more: page.next != null };
}

async function readLevel(node: ScopeNode, search: string, page: number): Promise<Level> {
  const offset = page * branchSize;
  // The API gives all clusters at once.
  if (node.type === 'tenant') return slice((await readClusters()).filter(holds(search)), offset, branchSize);
  if (node.type === 'cluster') {
    const { departments, more } = await readDepartments([`clusterId==${node.id}`, ...(search ? [`name=@${search}`] : [])], offset, branchSize);
    return { nodes: departments.map(({ id, name }): ScopeNode => ({ type: 'department', id, name })), more };
  }
  const { projects, more } = await readProjects({ filterBy: `parentId==${node.id}`, ...(search ? { search } : {}) }, offset, branchSize);
  return { nodes: projects.map(({ id, name }): ScopeNode => ({ type: 'project', id, name })), more };
}

/** A page of what lies directly below a node and has a text in its name. */
export const useLevel = (node: ScopeNode, search: string, page: number) =>
  useQuery({ queryKey: ['scopes', 'below', node.type, node.id, search, page], placeholderData: keepPreviousData, queryFn: () => readLevel(node, search, page) });

/** Scopes anywhere with a text in their name, with the names above them. */
export const useScopeSearch = (text: string) =>
  useQuery({
    queryKey: ['scopes', 'search', text],
    enabled: text !== '',
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<Level> => {
      const [clusters, { departments, more: moreDepartments }, { projects, more: moreProjects }] = await Promise.all([
        readClusters(),
        readDepartments([`name=@${text}`], 0, mostFound),
        readProjects({ search: text }, 0, mostFound),
      ]);
      const first = slice(clusters.filter(holds(text)), 0, mostFound);
      const names = new Map(clusters.map(({ id, name }) => [id, name]));
      const below = departments.map(({ id, name, clusterId }): ScopeNode => ({ type: 'department', id, name, path: names.get(clusterId) }));
      const last = projects.map(({ id, name, clusterId, parent }): ScopeNode => ({ type: 'project', id, name, path: [names.get(clusterId), parent?.name].filter(Boolean).join('/') }));
      return { nodes: [...first.nodes, ...below, ...last], more: first.more || moreDepartments || moreProjects };
    },
  });
