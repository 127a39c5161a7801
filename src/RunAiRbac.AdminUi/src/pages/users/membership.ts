import type { User } from '../../api/users';
import { directory } from '../subjects/SourceBadges';

export type Membership = NonNullable<User['memberships']>[number];

/** A group with everybody who says that the user is in it. */
export interface Member {
  group: string;
  sources: Membership[];
}

export function byGroup(memberships: Membership[]): Member[] {
  const groups = new Map<string, Membership[]>();
  for (const membership of memberships) groups.set(membership.group, [...(groups.get(membership.group) ?? []), membership]);
  return [...groups].map(([group, sources]) => ({ group, sources }));
}

/** The groups that administrators have written. */
export const byHand = (memberships: Membership[]) => memberships.filter((m) => m.source === directory).map((m) => m.group);

/** When the user is in the group no longer, unless somebody says it again: the last end; nothing: there is none. */
export function endOf({ sources }: Member): string | undefined {
  const counting = sources.filter((s) => s.counts);
  if (counting.some((s) => !s.validUntil)) return undefined;
  return counting.map((s) => s.validUntil!).sort((a, b) => Date.parse(b) - Date.parse(a))[0];
}

/** What has changed, whatever the order. */
export const differ = (before: string[], after: string[]) => before.length !== after.length || after.some((name) => !before.includes(name));
