import { useQuery } from '@tanstack/react-query';
import { api, body, type Api } from './client';

export type Role = Api<'Role'>;
export type Permission = Api<'RolePermission'>;

/** All roles; there are few, and they change with an upgrade only. */
export const useRoles = (enabled = true) => useQuery({ enabled, queryKey: ['roles'], queryFn: () => body(api.GET('/api/v1/authorization/roles')), staleTime: 300_000, select: byName });

const byName = (roles: Role[]) => [...roles].sort((a, b) => a.name.localeCompare(b.name));

export const actions = ['read', 'update', 'create', 'delete'] as const;

const groupNames: Record<string, string> = {
  organization: 'Organization',
  'physical-resource': 'Physical resources',
  iam: 'Identity and access',
  dashboard: 'Dashboards',
  workload: 'Workloads',
  'workload-asset': 'Workload assets',
};

export const groupName = (groupId: string) => groupNames[groupId] ?? groupId;

export interface ResourceType {
  id: string;
  name: string;
  group: string;
}

/** Every resource type that a role speaks of: each role lists all, also those without an action. */
export function resourceTypes(roles: Role[]): ResourceType[] {
  const all = new Map<string, ResourceType>();
  for (const permission of roles.flatMap((r) => r.permissions ?? [])) {
    const id = permission.resourceType ?? '';
    if (!all.has(id)) all.set(id, { id, name: permission.displayName ?? id, group: permission.groupId ?? '' });
  }
  const order = Object.keys(groupNames);
  return [...all.values()].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

export const holds = (role: Role, resourceType: string, action: string) => role.permissions?.some((p) => p.resourceType === resourceType && p.actions?.includes(action)) ?? false;
