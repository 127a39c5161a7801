import { ask, type Ask } from '../../api/permissions';
import type { User } from '../../api/users';

/** All questions of a user's page, the same from each of its parts, so that they are one call. */
export function userAsks(user: User, tenantId: string): { update: Ask; remove: Ask; endKeys: Ask; all: Ask[] } {
  const home = { type: user.scopeType, id: user.scopeId };
  const [update, remove] = [ask('users', 'update', home), ask('users', 'delete', home)];
  const endKeys = ask('access-keys', 'delete', { type: 'tenant', id: tenantId });
  return { update, remove, endKeys, all: [update, remove, endKeys] };
}
