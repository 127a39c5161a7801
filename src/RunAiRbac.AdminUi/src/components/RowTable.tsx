import { Table } from '@mantine/core';
import { Fragment, type CSSProperties, type ReactNode } from 'react';

export interface RowColumn<T> {
  header: string;
  cell: (row: T) => ReactNode;
  /** A share (`20%`) is kept to: what does not fit is cut. */
  width?: number | string;
}

interface Props<T, C extends RowColumn<T>> {
  label: string;
  columns: C[];
  rows: T[];
  rowKey: (row: T) => string;
  /** A column's head, where it is more than its name. */
  head?: (column: C) => ReactNode;
  /** Cells before all others: the choice of rows. */
  choice?: { head: ReactNode; cell: (row: T) => ReactNode };
  /** The last cell of each row. */
  actions?: (row: T) => ReactNode;
  /** Shows that other rows are being read. */
  faded?: boolean;
}

/** The rows of every list. On a phone each is a card, with the names of the columns beside the values; the roles keep it a table to screen readers. */
export function RowTable<T, C extends RowColumn<T>>({ label, columns, rows, rowKey, head, choice, actions, faded }: Props<T, C>) {
  const style = { '--rows-width': `${Math.max(320, columns.length * 115)}px`, opacity: faded ? 0.6 : 1 } as CSSProperties;
  return (
    <div className="rows" role="region" aria-label={label} tabIndex={0} style={style}>
      <Table role="table" highlightOnHover verticalSpacing={6} horizontalSpacing="xs" fz="sm">
        <Table.Caption className="sr-only">{label}</Table.Caption>
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {choice && <Table.Th role="columnheader" w={36}>{choice.head}</Table.Th>}
            {columns.map((column) => (head ? <Fragment key={column.header}>{head(column)}</Fragment> : <Table.Th role="columnheader" key={column.header} w={column.width}>{column.header}</Table.Th>))}
            {actions && <Table.Th role="columnheader" w={1}><span className="sr-only">Actions</span></Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">
          {rows.map((row) => (
            <Table.Tr role="row" key={rowKey(row)}>
              {choice && <Table.Td role="cell" className="row-choice">{choice.cell(row)}</Table.Td>}
              {columns.map((column, index) => <Table.Td role="cell" key={column.header} className={cellClass(column, index)} data-label={column.header}><div>{column.cell(row)}</div></Table.Td>)}
              {actions && <Table.Td role="cell" className="row-actions"><div>{actions(row)}</div></Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const cellClass = ({ width }: { width?: number | string }, index: number) =>
  [index === 0 ? 'row-title' : 'row-value', typeof width === 'string' && width.endsWith('%') ? 'row-share' : ''].join(' ').trim();
