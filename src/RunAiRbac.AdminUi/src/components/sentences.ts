import { scopeKind, subjectKind } from './names';

interface RuleWords {
  subjectType: string;
  subjectName: string;
  role: string;
  scopeType: string;
  scopeName: string;
}

/** A rule as the sentence that the service gives it. */
export function ruleSentence({ subjectType, subjectName, role, scopeType, scopeName }: RuleWords) {
  const who = subjectType === 'all-authenticated-users' ? 'All authenticated users are a' : `${subjectKind(subjectType).label} ${subjectName} is a`;
  return `${who} ${role} in ${scopeKind(scopeType).label} ${scopeName}`;
}
