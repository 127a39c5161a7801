import { useQuery } from '@tanstack/react-query';
import { api, body } from './client';
import { usePermissionsAnywhere } from './permissions';

/** Types of subjects that have names. */
export type NamedType = 'user' | 'group' | 'app';
export type SubjectType = NamedType | 'all-authenticated-users';

/** A subject as rules name it: a user by e-mail, a group by name, an application by client id; everybody signed in by nothing. */
export interface Subject {
  type: SubjectType;
  name: string;
}

/** Every user and every application, those included who come later. */
export const everybody: Subject = { type: 'all-authenticated-users', name: '' };

export const isEverybody = (subject: { type: string }) => subject.type === everybody.type;

const most = 8;

/** Subjects of a type whose name holds a text. Who may not read that type finds none, and may still type a name. */
export function useSubjectSearch(type: NamedType, search: string, enabled: boolean) {
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
