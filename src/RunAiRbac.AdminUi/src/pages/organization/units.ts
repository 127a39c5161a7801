import { ask, type Ask } from '../../api/permissions';
import type { ScopeNode, ScopeType } from '../../api/scopes';

/** What lies directly below; nothing lies below a project. */
export const below: Partial<Record<ScopeType, Exclude<ScopeType, 'tenant'>>> = { tenant: 'cluster', cluster: 'department', department: 'project' };

export const isScopeType = (type: string | undefined): type is ScopeType => type === 'tenant' || type === 'cluster' || type === 'department' || type === 'project';

/** Whether a scope may get another name and be deleted: the account stays, and so does every cluster's department `default`. */
export const isFixed = (scope: ScopeNode) => scope.type === 'tenant' || (scope.type === 'department' && scope.name === 'default');

/** Whether a rule, given as its sentence, is written in the scope itself. On one path there is only one scope of each type, so that its type and name tell. */
export const isOwn = (sentence: string, scope: { type: string; name: string }, label: string) => sentence.endsWith(` in ${label} ${scope.name}`);

/** All questions of a scope's page, the same from each of its parts, so that they are one call. */
export function scopeAsks(scope: ScopeNode): { give: Ask; create?: Ask; update?: Ask; remove?: Ask; all: Ask[] } {
  const child = below[scope.type];
  const give = ask('access_rules', 'create', scope);
  const create = child && ask(child, 'create', scope);
  const [update, remove] = scope.type === 'tenant' ? [] : [ask(scope.type, 'update', scope), ask(scope.type, 'delete', scope)];
  return { give, create, update, remove, all: [give, create, update, remove].filter((a) => a !== undefined) };
}
