import { useMutation, useQueryClient } from '@tanstack/react-query';

/**
 * A write. Afterwards everything is read again whose query key begins with one of `invalidates` (parts joined by `/`), and what one may do, since a write may have changed
 * that too.
 */
export function useChange<In = void, Out = unknown>(run: (input: In) => Promise<Out>, invalidates: string[]) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => Promise.all([...invalidates, 'authorize'].map((name) => client.invalidateQueries({ queryKey: name.split('/') }))),
  });
}
