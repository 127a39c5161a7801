import { describe, expect, it } from 'vitest';
import { byScope, filterRows, toRows } from './whatCan';

const scope = (id: string) => ({ type: 'project', id, name: `project-${id}` });
const rows = toRows([
  { resourceType: 'workloads', actions: ['delete', 'read'], scope: scope('1'), via: [{ accessRule: { id: 7, sentence: 'User a is a b in Project c' } }] },
  { resourceType: 'users', actions: ['read'], scope: scope('2') },
  { resourceType: 'project', actions: ['read'], scope: scope('1') },
]);

describe('what a subject can do', () => {
  it('orders actions as people read them and keeps the reasons', () => expect(rows[0]).toMatchObject({ actions: ['read', 'delete'], because: ['User a is a b in Project c'] }));
  it.each([['WORK', 1], ['project-1', 2], ['delete', 1], ['', 3], ['nothing', 0]])('finds %s', (text, count) => expect(filterRows(rows, text)).toHaveLength(count));
  it('groups by scope in the given order', () => expect(byScope(rows).map((g) => [g.scope.id, g.rows.length])).toEqual([['1', 2], ['2', 1]]));
});
