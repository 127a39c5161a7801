import { actionWord } from '../../api/permissions';
import type { Explanation } from '../../api/decisions';
import { scopeKind, subjectKind } from '../../components/names';

interface Words {
  subjectType: string;
  subjectName: string;
  action: string;
  typeName: string;
  scopeType: string;
  scopeName: string;
}

const reasons: Record<string, string> = {
  unknown_resource_type: 'the service does not know this resource type',
  unknown_action: 'the service does not know this action',
  unknown_scope: 'there is no such scope',
  unknown_subject: 'there is no such subject, or it has been deleted',
  subject_disabled: 'the subject is disabled',
  no_matching_rule: 'no access rule gives it',
};

/** The decision in one sentence. */
export function answerSentence(explanation: Pick<Explanation, 'allowed' | 'reason' | 'accessRule'>, words: Words): string {
  const what = `${actionWord(words.action).toLowerCase()} ${words.typeName} in ${scopeKind(words.scopeType).label} ${words.scopeName}`;
  const who = `${subjectKind(words.subjectType).label} ${words.subjectName}`;
  if (explanation.allowed) return `${who} may ${what}, since ${explanation.accessRule?.sentence ?? 'a rule gives it'}.`;
  return `${who} may not ${what}: ${reasons[explanation.reason] ?? explanation.reason}.`;
}

const mismatches: Record<string, string> = {
  permission_not_in_role: 'The role does not hold this permission',
  role_disabled: 'The role is disabled',
  not_yet_started: 'The rule has not started yet',
  expired: 'The rule has expired',
  subject_disabled: 'The subject is disabled',
};

export const whyNot = (code: string | null | undefined) => mismatches[code ?? ''] ?? code ?? '';
