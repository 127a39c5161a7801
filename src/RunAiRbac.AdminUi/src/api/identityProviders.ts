import { useMutation, useQuery } from '@tanstack/react-query';
import { useChange } from './change';
import { api, body, type Api } from './client';

export type IdentityProvider = Api<'IdentityProvider'>;
export type ProviderRequest = Api<'IdentityProviderRequest'>;
export type Mappers = Api<'Mappers'>;
export type ProviderCheck = Api<'IdentityProviderCheck'>;

export const useIdentityProviders = () => useQuery({ queryKey: ['idps'], queryFn: () => body(api.GET('/api/v1/idps')) });

const one = (idp: string) => ({ params: { path: { idp } } });
const changed = ['idps', 'settings'];

export const useCreateProvider = () => useChange((request: ProviderRequest) => body(api.POST('/api/v1/idps', { body: request })), changed);

export const useUpdateProvider = (alias: string) => useChange((request: ProviderRequest) => body(api.PUT('/api/v1/idps/{idp}', { ...one(alias), body: request })), changed);

export const useUpdateMappers = (alias: string) => useChange((mappers: Mappers) => body(api.PUT('/api/v1/idps/{idp}/mappers', { ...one(alias), body: mappers })), changed);

export const useDeleteProvider = (alias: string) => useChange(() => body(api.DELETE('/api/v1/idps/{idp}', one(alias))), [...changed, 'groups', 'users']);

/** Tests a provider, with a request as it would be after it; without an alias one that is not there yet. */
export const useTestProvider = (alias?: string) =>
  useMutation({
    mutationFn: (request?: ProviderRequest) =>
      alias === undefined
        ? body(api.POST('/api/v1/idps/test', { body: request! }))
        : body(api.POST('/api/v1/idps/{idp}/test', { ...one(alias), ...(request ? { body: request } : {}) })),
  });

export const useSecuritySettings = () => useQuery({ queryKey: ['settings'], queryFn: () => body(api.GET('/api/v1/security/settings')) });

export type SettingKey = 'autoRedirectSSO' | 'browserSessionTimeout' | 'logoutRedirectUri';

export const useUpdateSetting = (key: SettingKey) =>
  useChange((value: Api<'SecuritySettingUpdate'>) => body(api.PUT('/api/v1/security/settings/{key}', { params: { path: { key } }, body: value })), ['settings']);
