import { Anchor, Stack, Text } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { Failure } from '../components/Failure';
import { PageHeader } from '../components/PageHeader';

/** The error boundary of every page: the rest of the UI stays usable. */
export function RouteFailure() {
  return (
    <Stack maw={640} align="flex-start">
      <PageHeader title="This page failed" />
      <Failure error={useRouteError()} />
      <Anchor component={Link} to="/" size="sm">
        Back to the start
      </Anchor>
    </Stack>
  );
}

export function NotFound() {
  return (
    <Stack gap={0} maw={640} align="flex-start">
      <PageHeader title="There is no such page" about={<Text size="sm">The address may be mistyped, or what it named has been deleted.</Text>} />
      <Anchor component={Link} to="/" size="sm">
        Back to the start
      </Anchor>
    </Stack>
  );
}
