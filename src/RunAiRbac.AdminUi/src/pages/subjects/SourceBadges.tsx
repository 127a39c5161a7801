import { Badge, Group, Tooltip } from '@mantine/core';

/** The source whose memberships administrators write; all others are identity providers. */
export const directory = 'directory';

/** Who says that somebody is in a group. */
export function SourceBadges({ sources }: { sources: string[] }) {
  return (
    <Group gap={4} wrap="wrap">
      {sources.map((source) => (
        <Tooltip key={source} label={source === directory ? 'Set here, by administrators' : `Told by the identity provider ${source}, and changed only there`}>
          <Badge variant="light" color={source === directory ? 'gray' : 'blue'} tt="none">{source === directory ? 'Directory' : source}</Badge>
        </Tooltip>
      ))}
    </Group>
  );
}
