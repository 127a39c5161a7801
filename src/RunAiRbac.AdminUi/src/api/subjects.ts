import { useQuery } from '@tanstack/react-query';
import { api, body } from './client';
import { usePermissionsAnywhere } from './permissions';

export type SubjectType = 'user' | 'group' | 'app';

/** A subject as rules name it: a user by e-mail, a group by name, an application by client id. */
export interface Subject {
  type: SubjectType;
  name: string;
}

const most = 8;

/** Subjects of a type whose name holds a text. Who may not read that type finds none, and may still type a name. */
export function useSubjectSearch(type: SubjectType, search: string, enabled: boolean) {
  const anywhere = usePermissionsAnywhere();
  const may = anywhere.may(type === 'user' ? 'users' : type === 'group' ? 'groups' : 'apps', 'read');
  return useQuery({
    queryKey: ['subjects', type, search],
    enabled: enabled && anywhere.ready && may,
    placeholderData: (previous, query) => (query?.queryKey[1] === type ? previous : undefined),
    queryFn: async (): Promise<Subject[]> => {
      const query = { limit: most, ...(search ? { search } : {}) };
      if (type === 'user') return (await body(api.GET('/api/v1/users', { params: { query } }))).map((u) => ({ type, name: u.username }));
      if (type === 'group') return (await body(api.GET('/api/v1/groups', { params: { query } }))).map((g) => ({ type, name: g.name }));
      return (await body(api.GET('/api/v1/service-accounts', { params: { query } }))).map((a) => ({ type, name: a.clientId }));
    },
  });
}
