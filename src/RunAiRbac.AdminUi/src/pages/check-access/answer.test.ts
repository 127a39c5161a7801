import { describe, expect, it } from 'vitest';
import { answerSentence, whyNot } from './answer';

const words = { subjectType: 'user', subjectName: '<b>eve</b>', action: 'create', typeName: 'Workloads', scopeType: 'project', scopeName: 'detection' };

describe('answerSentence', () => {
  it('says yes with the rule', () =>
    expect(answerSentence({ allowed: true, reason: 'granted', accessRule: { id: 1, sentence: 'Group team is a L1 researcher in Cluster oslo' } }, words)).toBe(
      'User <b>eve</b> may create Workloads in Project detection, since Group team is a L1 researcher in Cluster oslo.',
    ));
  it.each([
    ['no_matching_rule', 'no access rule gives it'],
    ['subject_disabled', 'the subject is disabled'],
    ['something_newer', 'something_newer'],
  ])('says no because of %s', (reason, text) =>
    expect(answerSentence({ allowed: false, reason }, words)).toBe(`User <b>eve</b> may not create Workloads in Project detection: ${text}.`));
  it('keeps codes that it does not know', () => expect(whyNot('newer')).toBe('newer'));
});
