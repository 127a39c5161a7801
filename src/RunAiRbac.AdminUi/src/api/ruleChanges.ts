import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isEverybody, type Subject, type SubjectType } from './subjects';
import type { ScopeNode } from './scopes';
import { api, body, type Api } from './client';
import { Problem } from './problem';

/** Rules as the dialog makes them: one role for each subject in each scope. */
export interface WantedRules {
  subjects: Subject[];
  roleId: number;
  scopes: ScopeNode[];
  /** RFC 3339, or nothing: it holds at once. */
  notBefore?: string;
  /** RFC 3339, or nothing: it does not end. */
  expiresAt?: string;
  reason?: string;
}

export interface WantedRule {
  subjectType: SubjectType;
  /** Everybody signed in has none. */
  subjectId?: string;
  roleId: number;
  scopeType: string;
  scopeId: string;
  notBefore?: string;
  expiresAt?: string;
  reason?: string;
}

const details = (wanted: WantedRules) => ({ ...(wanted.notBefore ? { notBefore: wanted.notBefore } : {}), ...(wanted.expiresAt ? { expiresAt: wanted.expiresAt } : {}), ...(wanted.reason ? { reason: wanted.reason } : {}) });

/** Every rule that is wanted, in the order of the sentences. */
export const spread = (wanted: WantedRules): WantedRule[] =>
  wanted.subjects.flatMap((s) => wanted.scopes.map((p) => ({ subjectType: s.type, ...(isEverybody(s) ? {} : { subjectId: s.name }), roleId: wanted.roleId, scopeType: p.type, scopeId: p.id, ...details(wanted) })));

export const ruleKey = (rule: { subjectType?: string | null; subjectId?: string | null; scopeType?: string | null; scopeId?: string | null }) =>
  [rule.subjectType, rule.subjectId, rule.scopeType, rule.scopeId].join(' ');

export type Simulation = Api<'SimulationResponse'>;

export interface Preview {
  simulation?: Simulation;
  /** What the service would refuse, by the rule's place. */
  refused: Map<number, string>;
  /** Refusals were many: the rest was not looked at. */
  cut: boolean;
}

const place = (problem: Problem) => /^`?(?:create|delete)\[(\d+)\]/.exec(problem.field ?? '')?.[1];
const sentence = (problem: Problem) => problem.message.replace(/^`(?:create|delete)\[\d+\]`: /, '');
const mostRefusals = 3;

/**
 * What a change would do. The service judges it as one and names the first rule that it refuses; that one is set aside and the rest asked about again,
 * so that the preview agrees with a batch, which saves the good ones.
 */
export async function preview<T>(items: T[], simulate: (items: T[]) => Promise<Simulation>): Promise<Preview> {
  const refused = new Map<number, string>();
  for (;;) {
    const left = items.map((item, index) => ({ item, index })).filter((x) => !refused.has(x.index));
    if (left.length === 0) return { refused, cut: false };
    if (refused.size > mostRefusals) return { refused, cut: true };
    try {
      return { simulation: await simulate(left.map((x) => x.item)), refused, cut: false };
    } catch (error) {
      const at = error instanceof Problem ? place(error) : undefined;
      const found = at === undefined ? undefined : left[Number(at)];
      if (!found) throw error;
      refused.set(found.index, sentence(error as Problem));
    }
  }
}

const limit = 100;

export const previewCreation = (rules: WantedRule[]) => preview(rules, (create) => body(api.POST('/api/v1/authorize/simulate', { body: { create, limit } as never })));

export const previewDeletion = (ids: number[]) => preview(ids, (left) => body(api.POST('/api/v1/authorize/simulate', { body: { delete: left.map(String), limit } as never })));

/** What became of one rule of a batch. */
export interface RowResult {
  key: string;
  ok: boolean;
  message?: string;
}

/** Everything that shows rules or what follows from them. */
const concerned = ['access-rules', 'explain', 'who-can', 'what-can', 'authorize', 'permissions'];

/** One batch for the subjects that have names. */
async function createNamed(wanted: WantedRules): Promise<RowResult[]> {
  if (wanted.subjects.length === 0) return [];
  const payload = {
    roleId: wanted.roleId,
    subjects: wanted.subjects.map((s) => ({ subjectType: s.type, subjectId: s.name })),
    scopes: wanted.scopes.map((s) => ({ scopeType: s.type, scopeId: s.id })),
    ...details(wanted),
  };
  const answer = await body(api.POST('/api/v1/authorization/access-rules/batch-create', { body: { payload } }));
  const failed = new Map((answer.failed ?? []).map((f) => [ruleKey(f.payload ?? {}), f.message]));
  return spread(wanted).map((rule) => ({ key: ruleKey(rule), ok: !failed.has(ruleKey(rule)), message: failed.get(ruleKey(rule)) }));
}

/** Rules for everybody are made one by one; what becomes of one does not stop the others. */
export async function createForEverybody(rules: WantedRule[], create: (rule: WantedRule) => Promise<unknown>): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const rule of rules) {
    try {
      await create(rule);
      results.push({ key: ruleKey(rule), ok: true });
    } catch (error) {
      results.push({ key: ruleKey(rule), ok: false, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}

export function useCreateRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: WantedRules): Promise<RowResult[]> => {
      const named = await createNamed({ ...wanted, subjects: wanted.subjects.filter((s) => !isEverybody(s)) });
      const forAll = await createForEverybody(spread({ ...wanted, subjects: wanted.subjects.filter(isEverybody) }), (rule) => api.POST('/api/v1/authorization/access-rules/authenticated-users', { body: rule }));
      return [...named, ...forAll];
    },
    onSettled: () => Promise.all(concerned.map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
}

export function useDeleteRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: number[]): Promise<RowResult[]> => {
      const answer = await body(api.POST('/api/v1/authorization/access-rules/batch', { body: { action: 'delete', ids: ids.map(String) } }));
      const failed = new Map((answer.failed ?? []).map((f) => [f.id, f.message]));
      return ids.map((id) => ({ key: String(id), ok: !failed.has(String(id)), message: failed.get(String(id)) }));
    },
    onSettled: () => Promise.all(concerned.map((name) => client.invalidateQueries({ queryKey: [name] }))),
  });
}
