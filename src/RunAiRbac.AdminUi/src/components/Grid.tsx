import { Center, Loader, Table, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './Failure';

export interface GridColumn<T> {
  header: string;
  cell: (row: T) => ReactNode;
  width?: number | string;
}

interface Props<T> {
  label: string;
  columns: GridColumn<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  empty: ReactNode;
  actions?: (row: T) => ReactNode;
}

/** A short table that is read whole, without paging; long lists are a {@link DataTable}. */
export function Grid<T>({ label, columns, rows, rowKey, empty, actions }: Props<T>) {
  if (rows.length === 0) return <Text size="sm" c="dimmed" py="md" component="div">{empty}</Text>;
  return (
    <Table.ScrollContainer minWidth={Math.max(320, columns.length * 120)} type="native" tabIndex={0} role="region" aria-label={label} pos="relative">
      <Table highlightOnHover verticalSpacing={6} horizontalSpacing="sm" fz="sm">
        <Table.Caption className="sr-only">{label}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => <Table.Th key={column.header} w={column.width}>{column.header}</Table.Th>)}
            {actions && <Table.Th w={1}><span className="sr-only">Actions</span></Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map((column) => <Table.Td key={column.header} maw={360}>{column.cell(row)}</Table.Td>)}
              {actions && <Table.Td><div style={{ display: 'flex', gap: 2, justifyContent: 'flex-end' }}>{actions(row)}</div></Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** What a query found, or that it loads, or why it failed. */
export function Loaded<T>({ query, children }: { query: Pick<UseQueryResult<T>, 'data' | 'isError' | 'error' | 'refetch'>; children: (data: T) => ReactNode }) {
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Center py={48}><Loader size="sm" aria-label="Loading" /></Center>;
  return children(query.data);
}
