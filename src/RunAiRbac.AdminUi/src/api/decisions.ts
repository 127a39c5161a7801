import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, body, type Api } from './client';

export interface Question {
  /** Absent: the signed-in person. */
  subject?: { type: string; id: string };
  action: string;
  resourceType: string;
  scope: { type: string; id: string };
}

export type Explanation = Api<'ExplainResponse'>;

/** The decision with its reasons: never shown from memory, since it is asked in order to know now. */
export const useExplain = (question?: Question) =>
  useQuery({ queryKey: ['explain', question], enabled: question !== undefined, staleTime: 0, queryFn: () => body(api.POST('/api/v1/authorize/explain', { body: question as never })) });

const limit = 100;

/** Everybody who may, page by page. */
export const useWhoCan = (question?: Omit<Question, 'subject'>) =>
  useInfiniteQuery({
    queryKey: ['who-can', question],
    enabled: question !== undefined,
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Api<'WhoCanResponse'>) => last.cursor ?? undefined,
    queryFn: ({ pageParam }) => body(api.POST('/api/v1/authorize/who-can', { body: { ...question, limit, ...(pageParam ? { cursor: pageParam } : {}) } as never })),
  });
