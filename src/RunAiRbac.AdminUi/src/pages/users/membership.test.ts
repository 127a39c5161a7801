import { describe, expect, it } from 'vitest';
import { byGroup, byHand, differ, endOf, type Membership } from './membership';

const said = (group: string, source: string, validUntil: string | null = null, counts = true): Membership => ({ group, source, validUntil, counts, seenAt: '2026-01-01T00:00:00Z' });

describe('memberships of a user', () => {
  const memberships = [said('ops', 'directory'), said('ops', 'keycloak', '2026-02-01T00:00:00Z'), said('ml', 'keycloak', '2026-02-01T00:00:00Z'), said('ml', 'okta', '2026-03-01T00:00:00Z')];
  it('stand once for each group, with all their sources', () =>
    expect(byGroup(memberships).map((m) => [m.group, m.sources.map((s) => s.source)])).toEqual([['ops', ['directory', 'keycloak']], ['ml', ['keycloak', 'okta']]]));
  it('are written by hand in the directory alone', () => expect(byHand(memberships)).toEqual(['ops']));
  it('end when the last source that counts does', () => {
    const [ops, ml] = byGroup(memberships);
    expect(endOf(ops!)).toBeUndefined();
    expect(endOf(ml!)).toBe('2026-03-01T00:00:00Z');
    expect(endOf(byGroup([said('x', 'a', '2026-02-01T00:00:00Z'), said('x', 'b', null, false)])[0]!)).toBe('2026-02-01T00:00:00Z');
  });
  it('differ by their names, letter case too', () => {
    expect(differ(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(differ(['a'], ['A'])).toBe(true);
    expect(differ(['a'], ['a', 'b'])).toBe(true);
  });
});
