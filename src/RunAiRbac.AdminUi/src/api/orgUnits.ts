import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useChange } from './change';
import { api, body, type Api } from './client';
import { Problem } from './problem';
import type { ScopeNode, ScopeType } from './scopes';

const tree = ['scopes', 'clusters', 'access-rules', 'permissions'];
const changed = [...tree, 'units'];

/** A scope with the names of all that is above it, the scope itself last. */
export const useScopePath = (type: ScopeType, id: string) =>
  useQuery({
    queryKey: ['units', 'path', type, id],
    queryFn: async (): Promise<ScopeNode[]> => {
      const explained = await body(api.POST('/api/v1/authorize/explain', { body: { action: 'read', resourceType: type, scope: { type, id } } as never }));
      if (explained.path.length === 0) throw new Problem({ status: 404, title: 'Not found', detail: 'There is no such place in the organization, or you may not see it.' });
      return explained.path.map((node) => ({ type: node.type as ScopeType, id: node.id!, name: node.name! }));
    },
  });

export type Unit = { type: 'cluster'; unit: Api<'DisplayedCluster'> } | { type: 'department'; unit: Api<'Department'> } | { type: 'project'; unit: Api<'Project'> };

/** A cluster, department or project with what is known of it. */
export const useUnit = (type: Exclude<ScopeType, 'tenant'>, id: string) =>
  useQuery({
    queryKey: ['units', 'one', type, id],
    queryFn: async (): Promise<Unit> => {
      if (type === 'cluster') return { type, unit: await body(api.GET('/api/v1/clusters/{clusterUuid}', { params: { path: { clusterUuid: id } } })) };
      if (type === 'department') return { type, unit: await body(api.GET('/api/v1/org-unit/departments/{departmentId}', { params: { path: { departmentId: id } } })) };
      return { type, unit: await body(api.GET('/api/v1/org-unit/projects/{projectId}', { params: { path: { projectId: id } } })) };
    },
  });

export interface NewUnit {
  name: string;
  description?: string;
  namespace?: string;
}

/** Creates what lies below `parent`: a cluster in the account, a department in a cluster, a project in a department. */
export const useCreateBelow = (parent: ScopeNode) =>
  useChange(async ({ name, description, namespace }: NewUnit): Promise<ScopeNode> => {
    if (parent.type === 'tenant') return { type: 'cluster', id: (await body(api.POST('/api/v1/clusters', { body: { name } }))).uuid, name };
    if (parent.type === 'cluster') {
      const made = await body(api.POST('/api/v1/org-unit/departments', { body: { name, clusterId: parent.id, description } }));
      return { type: 'department', id: made.id, name };
    }
    const department = await body(api.GET('/api/v1/org-unit/departments/{departmentId}', { params: { path: { departmentId: parent.id } } }));
    const made = await body(
      api.POST('/api/v1/org-unit/projects', { body: { name, clusterId: department.clusterId, parentId: parent.id, description, ...(namespace ? { requestedNamespace: namespace } : {}) } }),
    );
    return { type: 'project', id: made.id, name };
  }, changed);

export const useRename = ({ type, id }: ScopeNode) =>
  useChange(async (name: string): Promise<unknown> => {
    if (type === 'cluster') return body(api.PUT('/api/v1/clusters/{clusterUuid}', { params: { path: { clusterUuid: id } }, body: { name } }));
    if (type === 'department') return body(api.PATCH('/api/v1/org-unit/departments/{departmentId}', { params: { path: { departmentId: id } }, body: { name } }));
    return body(api.PATCH('/api/v1/org-unit/projects/{projectId}', { params: { path: { projectId: id } }, body: { name } }));
  }, changed);

/** What an update leaves out is cleared: everything else goes back as it came. */
export const useDescribe = ({ type, unit }: Exclude<Unit, { type: 'cluster' }>) =>
  useChange((description: string) => {
    const { schedulingRules, defaultNodePools, nodeTypes } = unit;
    const kept = { description, schedulingRules, defaultNodePools, nodeTypes };
    if (type === 'department') return body(api.PUT('/api/v1/org-unit/departments/{departmentId}', { params: { path: { departmentId: unit.id } }, body: kept }));
    const { enforceRunaiScheduler } = unit as Api<'Project'>;
    return body(api.PUT('/api/v1/org-unit/projects/{projectId}', { params: { path: { projectId: unit.id } }, body: { ...kept, enforceRunaiScheduler } }));
  }, changed);

export const useDeleteUnit = ({ type, id }: ScopeNode) =>
  useChange(async () => {
    if (type === 'cluster') await api.DELETE('/api/v1/clusters/{clusterUuid}', { params: { path: { clusterUuid: id } } });
    else if (type === 'department') await api.DELETE('/api/v1/org-unit/departments/{departmentId}', { params: { path: { departmentId: id } } });
    else await api.DELETE('/api/v1/org-unit/projects/{projectId}', { params: { path: { projectId: id } } });
  }, tree);

export interface Falling {
  what: string;
  count: number;
  /** The first names. */
  names: string[];
}

const sample = 8;

async function projectsBelow(filterBy: string): Promise<Falling> {
  const [page, total] = await Promise.all([
    body(api.GET('/api/v1/org-unit/projects', { params: { query: { filterBy, sortBy: 'name', limit: sample } } })),
    body(api.GET('/api/v1/org-unit/projects/count', { params: { query: { filterBy } } })),
  ]);
  return { what: total.count === 1 ? 'project' : 'projects', count: total.count ?? 0, names: (page.projects ?? []).map((p) => p.name) };
}

async function departmentsBelow(clusterId: string): Promise<Falling> {
  const filterBy = `clusterId==${clusterId}`;
  const [page, total] = await Promise.all([
    body(api.GET('/api/v1/org-unit/departments', { params: { query: { filterBy, sortBy: 'name', limit: sample } } })),
    body(api.GET('/api/v1/org-unit/departments/count', { params: { query: { filterBy } } })),
  ]);
  return { what: total.count === 1 ? 'department' : 'departments', count: total.count ?? 0, names: (page.departments ?? []).map((d) => d.name) };
}

async function rulesIn(node: ScopeNode): Promise<Falling> {
  const query = node.type === 'cluster' ? { clusterId: node.id } : { scopeType: node.type, scopeId: node.id };
  const page = await body(api.GET('/api/v1/authorization/access-rules', { params: { query: { ...query, limit: sample } } }));
  const names = (page.accessRules ?? []).map((r) => `${r.subjectId} is a ${r.roleName} in ${r.scopeName}`);
  return { what: node.type === 'department' ? 'access rules in the department itself (those in its projects end too)' : 'access rules', count: page.totalRecords ?? names.length, names };
}

/** What ends with a scope when it is deleted. */
export const useWhatFalls = (node: ScopeNode) =>
  useQuery({
    queryKey: ['what-falls', node.type, node.id],
    gcTime: 0,
    queryFn: (): Promise<Falling[]> =>
      Promise.all([
        ...(node.type === 'cluster' ? [departmentsBelow(node.id), projectsBelow(`clusterId==${node.id}`)] : []),
        ...(node.type === 'department' ? [projectsBelow(`parentId==${node.id}`)] : []),
        rulesIn(node),
      ]),
  });

export type WhoCanSubject = Api<'WhoCanSubject'>;

/** Who may do something in a scope, by rules of the scope itself and of those above it. */
export const useWhoCanIn = (scope: ScopeNode, resourceType: string, action: string) =>
  useInfiniteQuery({
    queryKey: ['who-can', scope.type, scope.id, resourceType, action],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Api<'WhoCanResponse'>) => last.cursor ?? undefined,
    queryFn: ({ pageParam }) =>
      body(api.POST('/api/v1/authorize/who-can', { body: { action, resourceType, scope: { type: scope.type, id: scope.id }, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } as never })),
  });
