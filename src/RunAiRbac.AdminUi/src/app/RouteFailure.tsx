import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { Failure } from '../components/Failure';

/** The error boundary of every page: the rest of the UI stays usable. */
export function RouteFailure() {
  return (
    <Stack p="lg" maw={640}>
      <Title order={1}>This page failed</Title>
      <Failure error={useRouteError()} />
      <Anchor component={Link} to="/">
        Back to the start
      </Anchor>
    </Stack>
  );
}

export function NotFound() {
  return (
    <Stack p="lg" maw={640}>
      <Title order={1}>There is no such page</Title>
      <Text>The address may be mistyped, or what it named has been deleted.</Text>
      <Anchor component={Link} to="/">
        Back to the start
      </Anchor>
    </Stack>
  );
}
