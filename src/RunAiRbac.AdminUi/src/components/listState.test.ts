import { describe, expect, it } from 'vitest';
import { pageQuery, readListState, toPage, writeListState } from './listState';

const state = (text: string) => readListState(new URLSearchParams(text), { sortBy: 'createdAt', sortOrder: 'desc' });

describe('listState', () => {
  it('reads the address', () =>
    expect(state('search=a&sort=name&order=asc&page=3&size=50&roleId=5')).toEqual({ search: 'a', sortBy: 'name', sortOrder: 'asc', page: 2, pageSize: 50, filters: { roleId: '5' } }));
  it.each(['', 'page=-1&size=7&order=up', 'page=x&size='])('takes unusable values for absent: %s', (text) =>
    expect(state(text)).toEqual({ search: '', sortBy: 'createdAt', sortOrder: 'desc', page: 0, pageSize: 25, filters: {} }));
  it('goes back to the first page when anything but the page changes', () => {
    expect(writeListState(new URLSearchParams('page=4&size=50'), { search: 'x' }).toString()).toBe('size=50&search=x');
    expect(writeListState(new URLSearchParams('search=x'), { page: 2 }).toString()).toBe('search=x&page=3');
    expect(writeListState(new URLSearchParams('roleId=5'), { filters: { roleId: '' } }).toString()).toBe('');
  });
  it('asks for one row more than it shows', () => {
    const s = state('page=2');
    expect(pageQuery(s)).toMatchObject({ limit: 26, offset: 25 });
    expect(toPage(Array.from({ length: 26 }, (_, i) => i), s)).toMatchObject({ more: true });
    expect(toPage([1], s).more).toBe(false);
  });
});
