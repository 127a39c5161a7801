import { useMutation, useQuery } from '@tanstack/react-query';
import { useChange } from './change';
import { api, body, type Api } from './client';

export type AccessKey = Api<'AccessKey'>;
export type Session = Api<'Session'>;

export const useMyAccessKeys = (enabled: boolean) =>
  useQuery({ queryKey: ['access-keys', 'mine'], enabled, queryFn: async () => (await body(api.GET('/api/v1/access-keys'))).accessKeys ?? [] });

export const useCreateAccessKey = () => useChange((name: string) => body(api.POST('/api/v1/access-keys', { body: { name } })), ['access-keys']);

const one = (accessKeyId: string) => ({ params: { path: { accessKeyId } } });

export const useRegenerateAccessKey = () => useChange((id: string) => body(api.POST('/api/v1/access-keys/{accessKeyId}/secret', one(id))), ['access-keys']);

export const useDeleteAccessKey = () => useChange((id: string) => body(api.DELETE('/api/v1/access-keys/{accessKeyId}', one(id))), ['access-keys']);

export const useMySessions = (enabled: boolean) => useQuery({ queryKey: ['sessions'], enabled, queryFn: async () => (await body(api.GET('/api/v1/me/sessions'))).sessions ?? [] });

export const useEndSession = () => useChange((id: string) => body(api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } })), ['sessions']);

/** Ends all sessions, this one too: nothing is read again. */
export const useChangePassword = () => useMutation({ mutationFn: (change: Api<'PasswordChange'>) => body(api.POST('/api/v1/me/password', { body: change })) });

export const useMyAccessRules = () =>
  useQuery({
    queryKey: ['access-rules', 'mine'],
    queryFn: async () => (await body(api.GET('/api/v1/authorization/me/access-rules', { params: { query: { limit: 500 } } }))).accessRules?.accessRules ?? [],
  });
