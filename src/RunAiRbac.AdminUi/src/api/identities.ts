import { useQuery } from '@tanstack/react-query';
import { useChange } from './change';
import { api, body, type Api } from './client';

export type UserIdentity = Api<'UserIdentity'>;
export type IdentityRequest = Api<'IdentityRequest'>;

/** In which ways a user is recognized, and which accounts wait to be linked. */
export const useIdentities = (userId: string) =>
  useQuery({ queryKey: ['users', 'identities', userId], queryFn: () => body(api.GET('/api/v1/users/{userId}/identities', { params: { path: { userId } } })) });

const changed = ['users', 'groups', 'explain', 'what-can', 'who-can'];

export const useLinkIdentity = (userId: string) =>
  useChange((link: Api<'IdentityLink'>) => body(api.POST('/api/v1/users/{userId}/identities', { params: { path: { userId } }, body: link })), changed);

export const useUnlinkIdentity = (userId: string) =>
  useChange((identityId: string) => body(api.DELETE('/api/v1/users/{userId}/identities/{identityId}', { params: { path: { userId, identityId } } })), changed);
