import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { pageQuery, toPage, type ListState } from '../components/listState';
import { useChange } from './change';
import { api, body, type Api } from './client';

export type Application = Api<'Application'>;

export async function readApplications(state: ListState, limit: number, offset: number) {
  const { enabled } = state.filters;
  const filterBy = enabled === 'true' || enabled === 'false' ? { filterBy: `enabled==${enabled}` } : {};
  return body(api.GET('/api/v1/service-accounts', { params: { query: { ...pageQuery(state), ...filterBy, limit, offset } } }));
}

/** A page of applications. */
export const useApplications = (state: ListState) =>
  useQuery({
    queryKey: ['applications', 'list', state],
    placeholderData: keepPreviousData,
    queryFn: async () => toPage(await readApplications(state, state.pageSize + 1, state.page * state.pageSize), state),
  });

const one = (serviceAccountId: string) => ({ params: { path: { serviceAccountId } } });

export const useApplication = (id: string) => useQuery({ queryKey: ['applications', 'one', id], queryFn: () => body(api.GET('/api/v1/service-accounts/{serviceAccountId}', one(id))) });

export const useCreateApplication = () => useChange((application: Api<'ApplicationCreation'>) => body(api.POST('/api/v1/service-accounts', { body: application })), ['applications', 'subjects']);

export const useEnableApplication = (id: string) =>
  useChange((enabled: boolean) => body(api.PATCH('/api/v1/service-accounts/{serviceAccountId}', { ...one(id), body: { enabled } })), ['applications']);

export const useDeleteApplication = (id: string) => useChange(() => body(api.DELETE('/api/v1/service-accounts/{serviceAccountId}', one(id))), ['applications/list', 'access-rules', 'subjects']);

export const useRegenerateSecret = (id: string) =>
  useChange((gracePeriodSeconds: number) => body(api.POST('/api/v1/service-accounts/{serviceAccountId}/secret', { ...one(id), body: { gracePeriodSeconds } })), ['applications']);
