import { Center, Loader, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './Failure';
import { RowTable, type RowColumn } from './RowTable';

export type GridColumn<T> = RowColumn<T>;

interface Props<T> {
  label: string;
  columns: GridColumn<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  empty: ReactNode;
  actions?: (row: T) => ReactNode;
}

/** A short table that is read whole, without paging; long lists are a {@link DataTable}. */
export function Grid<T>({ rows, empty, ...table }: Props<T>) {
  if (rows.length === 0) return <Text size="sm" c="dimmed" py="md" component="div">{empty}</Text>;
  return <RowTable rows={rows} {...table} />;
}

/** What a query found, or that it loads, or why it failed. */
export function Loaded<T>({ query, children }: { query: Pick<UseQueryResult<T>, 'data' | 'isError' | 'error' | 'refetch'>; children: (data: T) => ReactNode }) {
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Center py={48}><Loader size="sm" aria-label="Loading" /></Center>;
  return children(query.data);
}
