import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { pageQuery, toPage, type ListState } from '../components/listState';
import { useChange } from './change';
import { api, body, type Api } from './client';

export type User = Api<'User'>;
export type AccessKeyOfSomebody = Api<'AdministeredAccessKey'>;

export async function readUsers(state: ListState, limit: number, offset: number) {
  const { kind } = state.filters;
  const filterBy = kind === 'local' ? 'isLocal==true' : kind === 'sso' ? 'isLocal==false' : undefined;
  return body(api.GET('/api/v1/users', { params: { query: { ...pageQuery(state), ...(filterBy ? { filterBy } : {}), limit, offset } } }));
}

/** A page of users. */
export const useUsers = (state: ListState) =>
  useQuery({
    queryKey: ['users', 'list', state],
    placeholderData: keepPreviousData,
    queryFn: async () => toPage(await readUsers(state, state.pageSize + 1, state.page * state.pageSize), state),
  });

export const useUser = (id: string) => useQuery({ queryKey: ['users', 'one', id], queryFn: () => body(api.GET('/api/v1/users/{userId}', { params: { path: { userId: id } } })) });

export const useCreateUser = () => useChange((user: Api<'UserCreation'>) => body(api.POST('/api/v1/users', { body: user })), ['users', 'subjects']);

const one = (userId: string) => ({ params: { path: { userId } } });

export const useEnableUser = (id: string) => useChange((enabled: boolean) => body(api.PATCH('/api/v1/users/{userId}', { ...one(id), body: { enabled } })), ['users', 'groups']);

export const useDeleteUser = (id: string) => useChange(() => body(api.DELETE('/api/v1/users/{userId}', one(id))), ['users/list', 'access-rules', 'subjects', 'groups']);

export const useResetPassword = (id: string) => useChange(() => body(api.POST('/api/v1/users/{userId}/password', one(id))), ['users']);

export const useEndSessionsOf = (id: string) => useChange(() => body(api.POST('/api/v1/users/{userId}/logout', one(id))), ['users']);

/** Somebody's access keys, for who administers them. */
export const useAccessKeysOf = (userId: string) =>
  useQuery({
    queryKey: ['access-keys', 'of', userId],
    queryFn: async () => (await body(api.GET('/api/v1/administration/access-keys', { params: { query: { createdBy: userId } } }))).accessKeys ?? [],
  });

export const useDeleteAccessKeyOf = () =>
  useChange((accessKeyId: string) => body(api.DELETE('/api/v1/administration/access-keys/{accessKeyId}', { params: { path: { accessKeyId } } })), ['access-keys']);
