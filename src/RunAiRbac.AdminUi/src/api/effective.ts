import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { pageQuery, toPage, type ListState } from '../components/listState';
import type { AccessRule } from './accessRules';
import { api, body, type Api } from './client';
import { everybody, isEverybody } from './subjects';

/** A subject whose access is shown, with the groups whose rules count for it too. */
export interface Holder {
  type: 'user' | 'group' | 'application';
  id: string;
  /** As rules name it: e-mail, group name or client id. */
  name: string;
  groups: string[];
}

/** How a rule comes to a subject. */
export type Source = { kind: 'direct' } | { kind: 'group'; group: string } | { kind: 'everybody' };

const kinds: Record<string, Holder['type']> = { user: 'user', group: 'group', app: 'application', 'service-account': 'application' };

/** Null: the rule is somebody else's (an id or a name may stand for subjects of several types). */
export function sourceOf(rule: { subjectType: string; subjectId: string }, holder: Holder): Source | null {
  if (isEverybody({ type: rule.subjectType })) return holder.type === 'group' ? null : { kind: 'everybody' };
  const type = kinds[rule.subjectType];
  if (type === holder.type && rule.subjectId === holder.name) return { kind: 'direct' };
  return type === 'group' && holder.type === 'user' && holder.groups.includes(rule.subjectId) ? { kind: 'group', group: rule.subjectId } : null;
}

export interface Grant {
  rule: AccessRule;
  source: Source;
}

/** An address has room for so many names; the rules of further groups are named as missing, never silently left out. */
export const mostGroups = 80;

/** A page of the rules that give a subject its access: its own, those of its groups, and those of everybody signed in. */
export async function readGrants({ id, type, groups }: Holder, state: ListState, limit: number, offset: number): Promise<{ rules: AccessRule[]; total?: number }> {
  const names = type === 'group' ? [id] : [id, ...groups.slice(0, mostGroups), everybody.type];
  // A single value would be split at its commas.
  const subjectIds = names.length === 1 ? [...names, ...names] : names;
  const page = await body(api.GET('/api/v1/authorization/access-rules', { params: { query: { ...pageQuery(state), subjectIds: subjectIds as never, limit, offset } } }));
  return { rules: page.accessRules ?? [], total: page.totalRecords };
}

/** Each rule with how it comes to the subject; without those that an id or a name brought in that stands for somebody else too. */
export const toGrants = (rules: AccessRule[], holder: Holder): Grant[] =>
  rules.flatMap((rule) => {
    const source = sourceOf(rule, holder);
    return source ? [{ rule, source }] : [];
  });

export const useGrants = (holder: Holder, state: ListState) =>
  useQuery({
    queryKey: ['access-rules', 'grants', holder, state],
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const { rules, total } = await readGrants(holder, state, state.pageSize + 1, state.page * state.pageSize);
      const page = toPage(rules, state, total);
      return { ...page, rows: toGrants(page.rows, holder) };
    },
  });

export type PermittedActions = Api<'PermittedActions'>;

/** What a subject may do, at the highest scopes, with the rules that give it. */
export const useWhatCan = (holder: Holder) =>
  useInfiniteQuery({
    queryKey: ['what-can', holder.type, holder.id],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Api<'WhatCanResponse'>) => last.cursor ?? undefined,
    queryFn: ({ pageParam }) =>
      body(
        api.POST('/api/v1/authorize/what-can', {
          body: { subject: { type: holder.type, id: holder.type === 'group' ? holder.name : holder.id }, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } as never,
        }),
      ),
  });
