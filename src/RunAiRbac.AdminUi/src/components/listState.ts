import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

export interface ListState {
  search: string;
  sortBy?: string;
  sortOrder: 'asc' | 'desc';
  /** From 0. */
  page: number;
  pageSize: number;
  /** Other parameters of the page's own filters. */
  filters: Record<string, string>;
}

export const pageSizes = ['25', '50', '100'];
const own = new Set(['search', 'sort', 'order', 'page', 'size']);

/** A list's state stands in the address, so that links and the back button work; unusable values count as absent. */
export function readListState(params: URLSearchParams, defaults?: { sortBy?: string; sortOrder?: 'asc' | 'desc' }): ListState {
  const page = Number(params.get('page') ?? '1');
  const size = params.get('size') ?? '';
  return {
    search: params.get('search') ?? '',
    sortBy: params.get('sort') ?? defaults?.sortBy,
    sortOrder: params.get('order') === 'desc' ? 'desc' : params.get('order') === 'asc' ? 'asc' : (defaults?.sortOrder ?? 'asc'),
    page: Number.isInteger(page) && page > 0 ? page - 1 : 0,
    pageSize: pageSizes.includes(size) ? Number(size) : 25,
    filters: Object.fromEntries([...params].filter(([name, value]) => !own.has(name) && value !== '')),
  };
}

/** Writes changes into the parameters; anything but a turn of the page goes back to the first page. */
export function writeListState(params: URLSearchParams, change: Partial<ListState>): URLSearchParams {
  const next = new URLSearchParams(params);
  const set = (name: string, value: string | undefined) => (value ? next.set(name, value) : next.delete(name));
  if ('search' in change) set('search', change.search);
  if ('sortBy' in change) set('sort', change.sortBy);
  if ('sortOrder' in change) set('order', change.sortOrder);
  if (change.pageSize !== undefined) set('size', String(change.pageSize));
  for (const [name, value] of Object.entries(change.filters ?? {})) set(name, value);
  set('page', change.page ? String(change.page + 1) : undefined);
  return next;
}

export function useListState(defaults?: { sortBy?: string; sortOrder?: 'asc' | 'desc' }) {
  const [params, setParams] = useSearchParams();
  // The defaults are constants of a page.
  const state = useMemo(() => readListState(params, defaults), [params]);
  return {
    state,
    /** Typing replaces the history entry; everything else makes one. */
    change: (change: Partial<ListState>, replace = false) => setParams((current) => writeListState(current, change), { replace }),
  };
}

export type ListControl = ReturnType<typeof useListState>;

/** The parameters that every list of the API takes. One row more than the page holds is asked for: it tells whether there is a next page. */
export function pageQuery(state: ListState) {
  return {
    ...(state.search ? { search: state.search } : {}),
    ...(state.sortBy ? { sortBy: state.sortBy as never, sortOrder: state.sortOrder } : {}),
    limit: state.pageSize + 1,
    offset: state.page * state.pageSize,
  };
}

export interface Page<T> {
  rows: T[];
  /** How many there are on all pages, when the API says it. */
  total?: number;
  more: boolean;
}

/** A page of what was asked for by {@link pageQuery}. */
export const toPage = <T,>(rows: T[], state: ListState, total?: number): Page<T> => ({ rows: rows.slice(0, state.pageSize), more: rows.length > state.pageSize, total });
