import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { pageQuery, toPage, type ListState } from '../components/listState';
import { useChange } from './change';
import { api, body, type Api } from './client';
import { Problem } from './problem';

export type Group = Api<'Group'>;
export type GroupMember = Api<'GroupMember'>;

export const readGroups = (state: ListState, limit: number, offset: number) => body(api.GET('/api/v1/groups', { params: { query: { ...pageQuery(state), limit, offset } } }));

/** A page of groups. */
export const useGroups = (state: ListState) =>
  useQuery({
    queryKey: ['groups', 'list', state],
    placeholderData: keepPreviousData,
    queryFn: async () => toPage(await readGroups(state, state.pageSize + 1, state.page * state.pageSize), state),
  });

/** A group by its name, which is how groups are addressed. */
export const useGroup = (name: string) =>
  useQuery({
    queryKey: ['groups', 'one', name],
    queryFn: async () => {
      // A single term would be split at commas, hence twice. Names that differ in letter case only are different groups, and the filter finds them all.
      const found = await body(api.GET('/api/v1/groups', { params: { query: { filterBy: [`name==${name}`, `name==${name}`] as never, limit: 500 } } }));
      const group = found.find((g) => g.name === name);
      if (!group) throw new Problem({ status: 404, title: 'Not found', detail: 'There is no such group, or you may not see it.' });
      return group;
    },
  });

export const readMembers = (groupId: string, state: ListState, limit: number, offset: number) =>
  body(api.GET('/api/v1/groups/{groupId}/members', { params: { path: { groupId }, query: { ...pageQuery(state), limit, offset } } }));

/** A page of a group's members. */
export const useMembers = (groupId: string, state: ListState) =>
  useQuery({
    queryKey: ['groups', 'members', groupId, state],
    placeholderData: keepPreviousData,
    queryFn: async () => toPage(await readMembers(groupId, state, state.pageSize + 1, state.page * state.pageSize), state),
  });

const wanted = (userId: string, groups: string[]) => ({ params: { path: { userId } }, body: { source: 'directory', groups } });

/** Sets the groups that the directory says a user is in. */
export const useReplaceGroups = (userId: string) =>
  useChange((groups: string[]) => body(api.PUT('/api/v1/users/{userId}/groups', wanted(userId, groups))), ['users', 'groups', 'subjects', 'explain', 'what-can', 'who-can', 'permissions']);

/** What the user would gain and lose by that. */
export const useReplacedGroups = (userId: string, groups: string[], enabled: boolean) =>
  useQuery({
    queryKey: ['groups', 'replaced', userId, groups],
    enabled,
    retry: false,
    queryFn: async () => {
      const { params, body: given } = wanted(userId, groups);
      return (await body(api.PUT('/api/v1/users/{userId}/groups', { params: { ...params, query: { dryRun: true, limit: 500 } }, body: given }))) as unknown as Api<'SimulationResponse'>;
    },
  });
