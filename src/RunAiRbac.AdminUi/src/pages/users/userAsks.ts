import { ask, type Ask } from '../../api/permissions';
import type { User } from '../../api/users';

/** All questions of a user's page, the same from each of its parts, so that they are one call. */
export function userAsks(user: User, tenantId: string): { update: Ask; remove: Ask; create: Ask; groups: Ask; endKeys: Ask; all: Ask[] } {
  const home = { type: user.scopeType, id: user.scopeId };
  const [update, remove] = [ask('users', 'update', home), ask('users', 'delete', home)];
  const tenant = { type: 'tenant', id: tenantId };
  const [create, groups, endKeys] = [ask('users', 'create', home), ask('groups', 'update', tenant), ask('access-keys', 'delete', tenant)];
  return { update, remove, create, groups, endKeys, all: [update, remove, create, groups, endKeys] };
}
