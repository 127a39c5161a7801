import { ActionIcon, Box, Button, Center, Checkbox, Group, Loader, Menu, Select, Stack, Table, Text, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback, useLocalStorage } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import type { UseQueryResult } from '@tanstack/react-query';
import { IconChevronLeft, IconChevronRight, IconColumns3, IconDownload, IconSearch, IconSelector, IconSortAscending, IconSortDescending, IconX } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { collect, download, toCsv } from './csv';
import { Failure } from './Failure';
import { pageSizes, type ListControl, type Page } from './listState';
import { RowTable, type RowColumn } from './RowTable';
import { tellIfCut } from './tellIfCut';

export interface Column<T> extends RowColumn<T> {
  id: string;
  /** The cell as text in a CSV file; without it the column is not exported. */
  csv?: (row: T) => unknown;
  /** The API's field to sort by; without it the column cannot be sorted. */
  sortBy?: string;
  /** Hidden until somebody chooses it. */
  optional?: boolean;
}

interface Props<T> {
  /** Names the CSV file and the stored choice of columns. */
  name: string;
  /** What the table shows, for screen readers. */
  label: string;
  columns: Column<T>[];
  query: UseQueryResult<Page<T>>;
  control: ListControl;
  rowKey: (row: T) => string;
  /** What to say when there is nothing: with a search or a filter, and without. */
  empty: { nothing: ReactNode; found?: ReactNode };
  /** Reads rows for the CSV file, with the present search, filters and order. */
  read?: (limit: number, offset: number) => Promise<T[]>;
  /** Placeholder of the search field; without it there is none. */
  searchLabel?: string;
  /** Filters, at the right of the search field. */
  filters?: ReactNode;
  /** Further tools, before the choice of columns. */
  tools?: ReactNode;
  selection?: Selection<T>;
  /** The last cell of each row: its actions. */
  actions?: (row: T) => ReactNode;
}

/** The table of every list: the service searches, sorts and pages; the address keeps the state. */
export function DataTable<T>(props: Props<T>) {
  const { columns, query, control, name } = props;
  const { state, change } = control;
  const [chosen, setChosen] = useLocalStorage<string[]>({ key: `columns:${name}`, defaultValue: columns.filter((c) => !c.optional).map((c) => c.id), getInitialValueInEffect: false });
  const shown = columns.filter((c) => chosen.includes(c.id));
  const searching = state.search !== '' || Object.keys(state.filters).length > 0;
  return (
    <Stack gap="xs">
      <Group gap="xs" wrap="wrap">
        {props.searchLabel && <SearchField label={props.searchLabel} value={state.search} change={(search) => change({ search }, true)} />}
        {props.filters}
        <SortChoice columns={shown} control={control} />
        <Group gap={4} ml="auto">
          {props.tools}
          <ColumnChoice columns={columns} chosen={chosen} change={setChosen} />
          {props.read && <CsvButton name={name} columns={shown} read={props.read} />}
        </Group>
      </Group>
      {query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Rows {...props} shown={shown} searching={searching} />
      )}
      {query.data && <Pager page={query.data} control={control} />}
    </Stack>
  );
}

function Rows<T>({ label, query, shown, control, rowKey, empty, searching, selection, actions }: Props<T> & { shown: Column<T>[]; searching: boolean }) {
  const rows = query.data?.rows;
  if (!rows) return <Center py={80}><Loader size="sm" aria-label="Loading" /></Center>;
  if (rows.length === 0) return <Center py={60} ta="center"><Text c="dimmed" size="sm" component="div" maw={440}>{searching ? (empty.found ?? 'Nothing matches the search and the filters.') : empty.nothing}</Text></Center>;
  return (
    <RowTable label={label} columns={shown} rows={rows} rowKey={rowKey} actions={actions} faded={query.isPlaceholderData} head={(column) => <HeaderCell column={column} control={control} />}
      choice={selection && { head: <ChoiceOfAll keys={rows.filter((r) => selection.can?.(r) ?? true).map(rowKey)} selection={selection} />, cell: (row) => <Choice row={row} id={rowKey(row)} selection={selection} /> }} />
  );
}

interface Selection<T> {
  selected: ReadonlySet<string>;
  change: (selected: Set<string>) => void;
  label: (row: T) => string;
  can?: (row: T) => boolean;
}

function ChoiceOfAll<T>({ keys, selection: { selected, change } }: { keys: string[]; selection: Selection<T> }) {
  const all = keys.length > 0 && keys.every((k) => selected.has(k));
  return <Checkbox size="xs" aria-label="Select all on this page" checked={all} indeterminate={!all && keys.some((k) => selected.has(k))} onChange={(e) => change(new Set(e.currentTarget.checked ? keys : []))} />;
}

function Choice<T>({ row, id, selection: { selected, change, label, can } }: { row: T; id: string; selection: Selection<T> }) {
  const toggle = (on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(id);
    else next.delete(id);
    change(next);
  };
  return <Checkbox size="xs" aria-label={`Select ${label(row)}`} disabled={!(can?.(row) ?? true)} checked={selected.has(id)} onChange={(e) => toggle(e.currentTarget.checked)} />;
}

/** The head of a column, where one sorts, is not shown on a phone. */
function SortChoice<T>({ columns, control: { state, change } }: { columns: Column<T>[]; control: ListControl }) {
  const sortable = columns.filter((c) => c.sortBy);
  if (sortable.length === 0) return null;
  const isUp = state.sortOrder === 'asc';
  return (
    <Group gap={4} wrap="nowrap" className="phone-only">
      <Select aria-label="Sort by" placeholder="Sort by" data={sortable.map((c) => ({ value: c.sortBy!, label: c.header }))} value={state.sortBy ?? null} onChange={(sortBy) => sortBy && change({ sortBy, sortOrder: state.sortOrder })} w={140} />
      <ActionIcon variant="default" size={36} disabled={!state.sortBy} aria-label={isUp ? 'Sort descending' : 'Sort ascending'} onClick={() => change({ sortBy: state.sortBy, sortOrder: isUp ? 'desc' : 'asc' })}>
        {isUp ? <IconSortAscending size={18} /> : <IconSortDescending size={18} />}
      </ActionIcon>
    </Group>
  );
}

function HeaderCell<T>({ column, control: { state, change } }: { column: Column<T>; control: ListControl }) {
  if (!column.sortBy) return <Table.Th role="columnheader" w={column.width}>{column.header}</Table.Th>;
  const sorted = state.sortBy === column.sortBy;
  const Icon = !sorted ? IconSelector : state.sortOrder === 'asc' ? IconSortAscending : IconSortDescending;
  return (
    <Table.Th role="columnheader" w={column.width} aria-sort={!sorted ? 'none' : state.sortOrder === 'asc' ? 'ascending' : 'descending'}>
      <UnstyledButton fz="sm" fw={600} onClick={() => change({ sortBy: column.sortBy, sortOrder: sorted && state.sortOrder === 'asc' ? 'desc' : 'asc' })}>
        <Group gap={4} wrap="nowrap" style={{ whiteSpace: 'nowrap' }}>
          {column.header}
          <Icon size={14} stroke={1.8} aria-hidden style={{ opacity: sorted ? 1 : 0.45 }} />
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}

/** Searches as one types, a quarter of a second after the last letter. */
export function SearchField({ label, value, change, width = 280 }: { label: string; value: string; change: (text: string) => void; width?: number }) {
  const [text, setText] = useState(value);
  const send = useDebouncedCallback(change, 250);
  // The back button changes the address, not the field.
  useEffect(() => setText(value), [value]);
  const set = (next: string) => {
    setText(next);
    send(next.trim());
  };
  return (
    <TextInput type="search" role="searchbox" placeholder={label} aria-label={label} value={text} onChange={(e) => set(e.currentTarget.value)} leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text && <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Clear the search" onClick={() => set('')}><IconX size={14} /></ActionIcon>} w={{ base: '100%', xs: width }} />
  );
}

function ColumnChoice<T>({ columns, chosen, change }: { columns: Column<T>[]; chosen: string[]; change: (ids: string[]) => void }) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Tooltip label="Columns"><ActionIcon variant="default" size={36} aria-label="Columns"><IconColumns3 size={18} /></ActionIcon></Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Columns</Menu.Label>
        {columns.map((column) => {
          const on = chosen.includes(column.id);
          return (
            <Menu.CheckboxItem key={column.id} checked={on} disabled={on && chosen.length === 1} onChange={() => change(on ? chosen.filter((id) => id !== column.id) : [...chosen, column.id])}>
              {column.header}
            </Menu.CheckboxItem>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function CsvButton<T>({ name, columns, read }: { name: string; columns: Column<T>[]; read: (limit: number, offset: number) => Promise<T[]> }) {
  const [busy, setBusy] = useState(false);
  const exported = columns.filter((c) => c.csv);
  const save = async () => {
    setBusy(true);
    try {
      const { rows, cut } = await collect(read);
      download(`${name}.csv`, toCsv(exported.map((c) => c.header), rows.map((row) => exported.map((c) => c.csv!(row)))));
      tellIfCut(cut);
    } catch (error) {
      notifications.show({ color: 'red', title: 'The download failed', message: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  return <Tooltip label="Download as CSV"><ActionIcon variant="default" size={36} aria-label="Download as CSV" loading={busy} onClick={() => void save()}><IconDownload size={18} /></ActionIcon></Tooltip>;
}

function Pager<T>({ page, control: { state, change } }: { page: Page<T>; control: ListControl }) {
  const first = state.page * state.pageSize;
  if (page.rows.length === 0 && first === 0) return null;
  const range = page.rows.length === 0 ? 'Nothing on this page' : `${(first + 1).toLocaleString('en')} to ${(first + page.rows.length).toLocaleString('en')}${page.total === undefined ? '' : ` of ${page.total.toLocaleString('en')}`}`;
  return (
    <Group justify="space-between" gap="xs">
      <Text size="sm" c="dimmed" role="status">{range}</Text>
      <Group gap="xs">
        <Box visibleFrom="xs"><Select aria-label="Rows per page" data={pageSizes.map((size) => ({ value: size, label: `${size} rows` }))} value={String(state.pageSize)} onChange={(size) => size && change({ pageSize: Number(size) })} size="xs" w={100} allowDeselect={false} /></Box>
        <Button variant="default" leftSection={<IconChevronLeft size={14} />} disabled={state.page === 0} onClick={() => change({ page: state.page - 1 })}>Previous</Button>
        <Button variant="default" rightSection={<IconChevronRight size={14} />} disabled={!page.more} onClick={() => change({ page: state.page + 1 })}>Next</Button>
      </Group>
    </Group>
  );
}
