import { describe, expect, it } from 'vitest';
import { actionLabel, compare, kindLabel, show } from './words';

describe('an event', () => {
  it('tells changes first', () =>
    expect(compare({ a: 1, b: 2 }, { a: 1, b: 3, c: [4] }).map((d) => [d.field, d.changed])).toEqual([['b', true], ['c', true], ['a', false]]));
  it('knows what was created or deleted', () => {
    expect(compare(null, { a: 1 })).toEqual([{ field: 'a', before: undefined, after: 1, changed: true }]);
    expect(compare({ a: 1 }, undefined)[0]!.changed).toBe(true);
  });
  it('takes what is no object as one value', () => expect(compare('x', 'y')).toEqual([{ field: 'value', before: 'x', after: 'y', changed: true }]));
  it.each([[null, '–'], ['', '–'], ['<b>', '<b>'], [[1], '[1]'], [false, 'false']])('shows %s', (value, text) => expect(show(value)).toBe(text));
  it.each([['access-rule', 'Access rule'], ['user', 'User'], [null, '–']])('words the kind %s', (kind, text) => expect(kindLabel(kind)).toBe(text));
  it('shows an unknown action as it is', () => expect(actionLabel('import')).toBe('import'));
});
