import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { pageQuery, toPage, type ListState } from '../components/listState';
import { api, body, type Api } from './client';

export type AccessRule = Api<'AccessRule'>;

/** The page's own filters, as the API takes them. */
export interface RuleFilters {
  subjectType?: string;
  subjectIds?: string;
  roleId?: string;
  scopeType?: string;
  scopeId?: string;
  phase?: string;
}

const query = ({ roleId, phase, ...filters }: RuleFilters, state: ListState, limit: number, offset: number) => ({
  ...pageQuery(state),
  ...filters,
  ...(roleId && /^\d+$/.test(roleId) ? { roleId: Number(roleId) } : {}),
  ...(phase ? { filterBy: `phase==${phase}` } : {}),
  limit,
  offset,
});

export async function readAccessRules(filters: RuleFilters, state: ListState, limit: number, offset: number) {
  return body(api.GET('/api/v1/authorization/access-rules', { params: { query: query(filters, state, limit, offset) as never } }));
}

/** A page of access rules. */
export const useAccessRules = (filters: RuleFilters, state: ListState) =>
  useQuery({
    queryKey: ['access-rules', filters, state],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const page = await readAccessRules(filters, state, state.pageSize + 1, state.page * state.pageSize);
      return toPage(page.accessRules ?? [], state, page.totalRecords);
    },
  });
