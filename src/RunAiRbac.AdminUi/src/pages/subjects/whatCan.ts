import type { PermittedActions } from '../../api/effective';

export interface WhatCanRow {
  key: string;
  scope: { type: string; id: string; name: string };
  resourceType: string;
  actions: string[];
  /** The rules that give it, as sentences. */
  because: string[];
}

const order = ['read', 'update', 'create', 'delete'];

export function toRows(permissions: PermittedActions[]): WhatCanRow[] {
  return permissions.map((p) => ({
    key: `${p.scope?.type} ${p.scope?.id} ${p.resourceType}`,
    scope: { type: p.scope?.type ?? '', id: p.scope?.id ?? '', name: p.scope?.name ?? '' },
    resourceType: p.resourceType ?? '',
    actions: [...(p.actions ?? [])].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
    because: (p.via ?? []).map((v) => v.accessRule?.sentence ?? ''),
  }));
}

/** Rows that hold the text in the resource type, the scope's name or an action. */
export function filterRows(rows: WhatCanRow[], text: string): WhatCanRow[] {
  const wanted = text.trim().toLowerCase();
  return wanted === '' ? rows : rows.filter((r) => [r.resourceType, r.scope.name, ...r.actions].some((t) => t.toLowerCase().includes(wanted)));
}

/** By scope, in the order in which the service gives them: highest first. */
export function byScope(rows: WhatCanRow[]): { scope: WhatCanRow['scope']; rows: WhatCanRow[] }[] {
  const groups = new Map<string, { scope: WhatCanRow['scope']; rows: WhatCanRow[] }>();
  for (const row of rows) {
    const key = `${row.scope.type} ${row.scope.id}`;
    const group = groups.get(key) ?? { scope: row.scope, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}
