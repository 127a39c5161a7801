import { Stack, TagsInput, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useReplaceGroups, useReplacedGroups } from '../../api/groups';
import { useSubjectSearch } from '../../api/subjects';
import type { User } from '../../api/users';
import { FormDialog } from '../../components/FormDialog';
import { Loaded } from '../../components/Grid';
import { directory, SourceBadges } from '../subjects/SourceBadges';
import { Changes } from './Changes';
import { byHand, differ, type Membership } from './membership';

interface Props {
  user: User;
  memberships: Membership[];
  close: () => void;
}

/** Sets the directory's groups of a user, and tells beforehand what the user gains and loses by it. */
export function EditGroupsDialog({ user, memberships, close }: Props) {
  const standing = byHand(memberships);
  const [names, setNames] = useState(standing);
  const [search, setSearch] = useState('');
  const [searched] = useDebouncedValue(search, 200);
  const found = useSubjectSearch('group', searched, searched !== '');
  const isChanged = differ(standing, names);
  const changes = useReplacedGroups(user.id, names, isChanged);
  const replace = useReplaceGroups(user.id);
  const others = [...new Set(memberships.filter((m) => m.source !== directory).map((m) => m.source))];
  const run = async () => {
    await replace.mutateAsync(names);
    close();
  };
  return (
    <FormDialog title={`Groups of ${user.username}`} submit="Save" ready={isChanged && changes.isSuccess} run={run} close={close} size="lg">
      {/* Names are taken exactly: with commas, and in upper and lower case. */}
      <TagsInput label="Directory groups" description="Type to find a known group, or type a new name and press Enter." placeholder="Add a group" value={names} onChange={setNames} searchValue={search} onSearchChange={setSearch}
        data={search === '' ? [] : (found.data ?? []).map((group) => group.name)} splitChars={[]} isDuplicate={(name, all) => all.includes(name)} acceptValueOnBlur={false} data-autofocus />
      {others.map((source) => (
        <Stack key={source} gap={4}>
          <SourceBadges sources={[source]} />
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>Changed only there: {memberships.filter((m) => m.source === source).map((m) => m.group).join(', ')}</Text>
        </Stack>
      ))}
      {isChanged && <Loaded query={changes}>{(simulation) => <Changes simulation={simulation} />}</Loaded>}
    </FormDialog>
  );
}
