import { Alert, Button, Code, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Problem } from '../api/problem';

/** A failure in the service's own sentence, with the trace id that finds it in the log. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof Problem ? error : undefined;
  const text = error instanceof Error ? error.message : String(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={problem?.title ?? 'Something went wrong'} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text}</Text>
        {problem?.traceId && (
          <Text size="xs">
            Trace id <Code>{problem.traceId}</Code>
          </Text>
        )}
        {retry && <Button variant="default" onClick={retry}>Try again</Button>}
      </Stack>
    </Alert>
  );
}
