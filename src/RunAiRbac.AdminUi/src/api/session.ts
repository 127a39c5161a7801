import { useQuery } from '@tanstack/react-query';
import { api, body, type Api } from './client';

/** Who is signed in. */
export const useMe = () => useQuery({ queryKey: ['me'], queryFn: async () => (await body(api.GET('/api/v1/me'))) as Required<Api<'SignedIn'>>, staleTime: Infinity });

/** The tenant's scope, the root of everything that can be picked. */
export function useTenantScope() {
  const me = useMe().data;
  return me ? { type: 'tenant' as const, id: me.tenantId, name: me.tenantName } : undefined;
}

/** A page of the service: signing out may lead on to the identity provider's own. */
export const signOut = () => window.location.assign('/logout');
