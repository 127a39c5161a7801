import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { toPage, type ListState } from '../components/listState';
import { api, body, type Api } from './client';

export type AuditEvent = Api<'AuditLog'>;

export const auditActions = ['create', 'update', 'delete', 'sign-in', 'sign-out', 'reset-password'];

/** Days back from the moment of looking. */
export const periods: Record<string, string> = { '1': 'Last 24 hours', '7': 'Last 7 days', '30': 'Last 30 days', '90': 'Last 90 days' };
const defaultPeriod = '7';

export const periodOf = (filters: Record<string, string>) => (filters.days && periods[filters.days] ? filters.days : defaultPeriod);

/** The page's filters as the API's parameters. */
export function auditQuery({ filters, sortBy, sortOrder }: Pick<ListState, 'filters' | 'sortBy' | 'sortOrder'>, asOf: Date) {
  const terms = [
    auditActions.includes(filters.action ?? '') ? `action==${filters.action}` : '',
    filters.result === 'Succeeded' || filters.result === 'Failed' ? `result==${filters.result}` : '',
    filters.type ? `entity_type==${filters.type}` : '',
    filters.who ? `subject=@${filters.who}` : '',
    filters.what ? `entity_name=@${filters.what}` : '',
  ].filter((term) => term !== '');
  return {
    start: new Date(asOf.getTime() - Number(periodOf(filters)) * 86_400_000).toISOString(),
    end: asOf.toISOString(),
    // Repeated values are not split at commas; a single one is, so that it is sent twice.
    ...(terms.length > 0 ? { filterBy: (terms.length === 1 ? [...terms, ...terms] : terms) as never } : {}),
    sortBy: (sortBy ?? 'timestamp') as never,
    sortOrder,
  };
}

export const readAuditLog = (state: ListState, asOf: Date, limit: number, offset: number) =>
  body(api.GET('/api/v1/audit/log', { params: { query: { ...auditQuery(state, asOf), numberOfSamples: limit, offset } } }));

/** A page of the events up to a moment, so that new ones do not shift the pages. */
export const useAuditLog = (state: ListState, asOf: Date) =>
  useQuery({
    queryKey: ['audit', state, asOf.getTime()],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const page = await readAuditLog(state, asOf, state.pageSize + 1, state.page * state.pageSize);
      return toPage(page.audit_logs, state, page.total);
    },
  });

/** Asks the service to prove that no event was changed or removed. */
export const useVerifyAuditLog = () => useMutation({ mutationFn: () => body(api.GET('/api/v1/audit/verify')) });
