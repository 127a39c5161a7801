const words: Record<string, string> = { create: 'Created', update: 'Changed', delete: 'Deleted', 'sign-in': 'Signed in', 'sign-out': 'Signed out', 'reset-password': 'Password or secret reset' };

export const actionLabel = (action: string) => words[action] ?? action;

/** Kinds of objects that events are about. */
export const kinds = ['access-key', 'access-rule', 'application', 'cluster', 'department', 'group', 'identity', 'identity-provider', 'project', 'role', 'security-setting', 'session', 'tenant', 'user'];

/** `access-rule` reads `Access rule`; a dash when there is none. */
export const kindLabel = (kind: string | null | undefined) => (kind ? kind[0]!.toUpperCase() + kind.slice(1).replaceAll('-', ' ') : '–');

export interface Difference {
  field: string;
  before?: unknown;
  after?: unknown;
  changed: boolean;
}

const record = (value: unknown): Record<string, unknown> => (value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : value === null || value === undefined ? {} : { value });

/** What was before and what is after, field by field, changed ones first. */
export function compare(before: unknown, after: unknown): Difference[] {
  const [old, now] = [record(before), record(after)];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const all = fields.map((field) => ({ field, before: old[field], after: now[field], changed: JSON.stringify(old[field]) !== JSON.stringify(now[field]) }));
  return all.sort((a, b) => Number(b.changed) - Number(a.changed));
}

/** A value of any form as text. */
export const show = (value: unknown) => (value === undefined || value === null || value === '' ? '–' : typeof value === 'string' ? value : JSON.stringify(value));
