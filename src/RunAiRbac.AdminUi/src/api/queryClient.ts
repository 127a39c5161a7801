import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';

/** Answers are shown again for some seconds without asking; a refusal is not asked for again, an unreachable service twice. */
export const newQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && (!(error instanceof Problem) || error.status === 503 || error.status === 0),
      },
    },
  });
