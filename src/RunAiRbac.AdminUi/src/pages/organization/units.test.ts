import { describe, expect, it } from 'vitest';
import { below, isOwn, isScopeType } from './units';

describe('units', () => {
  it('has nothing below a project', () => expect(below.project).toBeUndefined());
  it.each([['cluster', true], ['system', false], [undefined, false]])('knows the scope type %s', (type, known) => expect(isScopeType(type)).toBe(known));
  it('tells own rules from inherited ones', () => {
    const project = { type: 'project', name: 'detection' };
    expect(isOwn('User a is a Viewer in Project detection', project, 'Project')).toBe(true);
    expect(isOwn('User a is a Viewer in Department detection', project, 'Project')).toBe(false);
    expect(isOwn('User a is a Viewer in Project other-detection', project, 'Project')).toBe(false);
  });
});
