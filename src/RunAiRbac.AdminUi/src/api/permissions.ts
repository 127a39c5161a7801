import { useQuery } from '@tanstack/react-query';
import { api, body } from './client';

export interface Scope {
  type: string;
  id: string;
}

/** A question about the signed-in person. */
export interface Ask {
  resourceType: string;
  action: string;
  scope: Scope;
}

/**
 * What the service says: `never` (in no scope: leave the control out), `denied` (not in this scope: disable it and name what is missing), `allowed`.
 * While it is asked: `pending` (disable).
 */
export type May = { state: 'allowed' | 'pending' } | { state: 'denied' | 'never'; missing: string };

export const ask = (resourceType: string, action: string, scope: Scope): Ask => ({ resourceType, action, scope: { type: scope.type, id: scope.id } });

const words: Record<string, string> = { create: 'Create', read: 'View', update: 'Edit', delete: 'Delete' };

export const actionWord = (action: string) => words[action] ?? action;

/** What the signed-in person may do in any scope, from the service. */
export function usePermissionsAnywhere() {
  const query = useQuery({ queryKey: ['permissions'], queryFn: () => body(api.GET('/api/v1/authorization/permissions')), staleTime: 60_000 });
  return {
    ready: query.isSuccess,
    /** As people read it; of a type that the signed-in person holds nothing of, the id. */
    nameOf: (resourceType: string) => query.data?.find((p) => p.resourceType === resourceType)?.displayName ?? resourceType,
    may: (resourceType: string, action: string) => query.data?.some((p) => p.resourceType === resourceType && p.actions?.includes(action)) ?? false,
  };
}

/** The system stands apart from the tree: checks do not know it as a scope, the permitted scopes do. Hardly ever asked: only its own rules need it. */
function useSystemPermissions(asks: Ask[]): (ask: Ask) => May {
  const types = [...new Set(asks.map((a) => a.resourceType))];
  const query = useQuery({
    queryKey: ['permissions', 'system', types],
    enabled: types.length > 0,
    staleTime: 60_000,
    queryFn: async () => new Map(await Promise.all(types.map(async (resourceType) => [resourceType, await body(api.POST('/api/v1/authorization/permitted-scopes', { body: { resourceType } }))] as const))),
  });
  return ({ resourceType, action }) => {
    const permitted = query.data?.get(resourceType)?.[action as 'create' | 'read' | 'update' | 'delete'];
    if (!permitted) return { state: 'pending' };
    return permitted.system ? { state: 'allowed' } : { state: 'denied', missing: `${resourceType}: ${actionWord(action)}` };
  };
}

const key = (a: Ask) => `${a.resourceType} ${a.action} ${a.scope.type} ${a.scope.id}`;

/**
 * Asks the service once for all questions of a page (`POST /api/v1/authorize/batch`); questions whose answer is no everywhere are not asked.
 * Give all of a page's questions to one call of this hook.
 */
export function usePermissions(asks: Ask[]): (ask: Ask) => May {
  const anywhere = usePermissionsAnywhere();
  const asked = [...new Map(asks.filter((a) => anywhere.may(a.resourceType, a.action)).map((a) => [key(a), a])).values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const open = asked.filter((a) => a.scope.type !== 'system');
  const keys = open.map(key);
  const system = useSystemPermissions(asked.filter((a) => a.scope.type === 'system'));
  const query = useQuery({
    queryKey: ['authorize', keys],
    enabled: anywhere.ready && open.length > 0,
    staleTime: 30_000,
    placeholderData: (previous) => previous,
    queryFn: async () => {
      const answer = await body(api.POST('/api/v1/authorize/batch', { body: { checks: open } as never }));
      return new Map(keys.map((k, i) => [k, answer.results?.[i]?.allowed === true]));
    },
  });
  return (asked) => {
    if (asked.scope.type === 'system') return system(asked);
    const missing = `${asked.resourceType}: ${actionWord(asked.action)}`;
    if (!anywhere.ready) return { state: 'pending' };
    if (!anywhere.may(asked.resourceType, asked.action)) return { state: 'never', missing };
    const allowed = query.data?.get(key(asked));
    if (allowed === undefined) return { state: 'pending' };
    return allowed ? { state: 'allowed' } : { state: 'denied', missing };
  };
}
