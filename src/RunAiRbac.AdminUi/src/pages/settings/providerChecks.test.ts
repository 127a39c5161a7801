import { describe, expect, it } from 'vitest';
import { checkName, statusWord, verdict } from './providerChecks';

const found = (...statuses: string[]) => statuses.map((status) => ({ status }));

describe('the test of a provider', () => {
  it('comes to its worst check, and what was not checked counts for nothing', () => {
    expect(verdict(found('passed', 'not_checked'))).toBe('Nothing speaks against it');
    expect(verdict(found('passed', 'warning', 'not_checked'))).toBe('Nothing fails, but look at the warnings');
    expect(verdict(found('warning', 'failed', 'passed'))).toBe('Nobody can sign in like this');
  });
  it('shows what it has no words for as it is', () => {
    expect([checkName('client'), checkName('something_new')]).toEqual(['Client id and secret', 'something_new']);
    expect([statusWord('not_checked'), statusWord('odd')]).toEqual(['Not checked', 'odd']);
  });
});
