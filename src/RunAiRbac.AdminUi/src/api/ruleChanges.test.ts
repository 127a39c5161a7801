import { describe, expect, it } from 'vitest';
import { Problem } from './problem';
import { everybody } from './subjects';
import { createForEverybody, preview, ruleKey, spread, type Simulation } from './ruleChanges';

const nothing: Simulation = { gained: [], lost: [], counts: { gained: 0, lost: 0 }, revision: 'r' };
const refusal = (index: number, message: string) => new Problem({ status: 409, detail: `\`create[${index}]\`: ${message}`, details: `create[${index}]` });

describe('preview', () => {
  it('sets refused rules aside, by their place among all', async () => {
    const seen = await preview(['a', 'bad', 'b', 'worse'], (items) => {
      const at = items.findIndex((x) => x === 'bad' || x === 'worse');
      return at < 0 ? Promise.resolve(nothing) : Promise.reject(refusal(at, `${items[at]} is refused.`));
    });
    expect([...seen.refused]).toEqual([[1, 'bad is refused.'], [3, 'worse is refused.']]);
    expect(seen.simulation).toBe(nothing);
  });
  it('asks a few times only', async () => {
    let asked = 0;
    const seen = await preview(Array.from({ length: 50 }, (_, i) => i), () => {
      asked++;
      return Promise.reject(refusal(0, 'No.'));
    });
    expect(asked).toBe(4);
    expect(seen.cut).toBe(true);
  });
  it('passes on what names no rule', () => expect(preview([1], () => Promise.reject(new Problem({ status: 503 })))).rejects.toThrow());
});

describe('rules for everybody', () => {
  const wanted = { subjects: [everybody], roleId: 7, scopes: [{ type: 'project' as const, id: '1', name: 'p' }, { type: 'cluster' as const, id: '2', name: 'c' }], notBefore: '2027-01-01T00:00:00Z' };
  it('name no subject', () => expect(spread(wanted)[0]).toEqual({ subjectType: 'all-authenticated-users', roleId: 7, scopeType: 'project', scopeId: '1', notBefore: '2027-01-01T00:00:00Z' }));
  it('are told apart, and one refusal does not stop the others', async () => {
    const results = await createForEverybody(spread(wanted), (rule) => (rule.scopeId === '1' ? Promise.reject(new Problem({ status: 409, detail: 'It stands.' })) : Promise.resolve()));
    expect(results.map((r) => [r.ok, r.message])).toEqual([[false, 'It stands.'], [true, undefined]]);
    expect(results.map((r) => r.key)).toEqual(spread(wanted).map(ruleKey));
  });
});

describe('spread', () => {
  it('makes one rule of each subject and scope', () => {
    const rules = spread({ subjects: [{ type: 'user', name: 'a@x.org' }, { type: 'app', name: 'bot' }], roleId: 5, scopes: [{ type: 'project', id: '1', name: 'p' }, { type: 'cluster', id: '2', name: 'c' }], reason: 'r' });
    expect(rules.map(ruleKey)).toEqual(['user a@x.org project 1', 'user a@x.org cluster 2', 'app bot project 1', 'app bot cluster 2']);
    expect(rules.every((r) => r.reason === 'r' && !('expiresAt' in r))).toBe(true);
  });
});
