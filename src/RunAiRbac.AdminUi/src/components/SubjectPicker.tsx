import { Combobox, Group, Loader, Pill, PillsInput, SegmentedControl, Stack, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSubjectSearch, type Subject, type SubjectType } from '../api/subjects';
import { SubjectName, subjectKind } from './names';

const hints: Record<SubjectType, string> = { user: 'E-mail address', group: 'Name of a group', app: 'Name of an application' };
const types: SubjectType[] = ['user', 'group', 'app'];

interface Props {
  label: string;
  value: Subject[];
  change: (subjects: Subject[]) => void;
  /** More than one? */
  multiple?: boolean;
}

/** Finds users, groups and applications as one types. What is not found can be taken as typed: rules may be written before a person first signs in. */
export function SubjectPicker({ label, value, change, multiple }: Props) {
  const [type, setType] = useState<SubjectType>(value[0]?.type ?? 'user');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 250);
  const combobox = useCombobox();
  const found = useSubjectSearch(type, search, combobox.dropdownOpened);
  const chosen = (name: string) => value.some((s) => s.type === type && s.name === name);
  const options = (found.data ?? []).filter((s) => !chosen(s.name));
  const typed = text.trim();
  const canTakeTyped = typed !== '' && type !== 'app' && !chosen(typed) && !options.some((s) => s.name === typed);
  const add = (name: string) => {
    change(multiple ? [...value, { type, name }] : [{ type, name }]);
    setText('');
    combobox.closeDropdown();
  };
  return (
    <Stack gap="xs">
      <SegmentedControl aria-label="Type of subject" size="xs" value={type} onChange={(t) => setType(t as SubjectType)} data={types.map((t) => ({ value: t, label: subjectKind(t).label }))} style={{ alignSelf: 'flex-start' }} />
      <Combobox store={combobox} onOptionSubmit={add} shadow="md">
        <Combobox.DropdownTarget>
          <PillsInput label={label} rightSection={found.isFetching ? <Loader size={14} /> : null}>
            <Pill.Group>
              {value.map((s) => (
                <Pill key={s.type + s.name} withRemoveButton removeButtonProps={{ 'aria-label': `Remove ${s.name}`, tabIndex: 0, 'aria-hidden': false }} onRemove={() => change(value.filter((x) => x !== s))}>
                  {subjectKind(s.type).label}: {s.name}
                </Pill>
              ))}
              <Combobox.EventsTarget>
                <PillsInput.Field aria-label={label} placeholder={value.length > 0 && !multiple ? '' : hints[type]} value={text} autoComplete="off"
                  onFocus={() => combobox.openDropdown()} onClick={() => combobox.openDropdown()} onBlur={() => combobox.closeDropdown()}
                  onChange={(e) => {
                    setText(e.currentTarget.value);
                    combobox.openDropdown();
                    combobox.updateSelectedOptionIndex();
                  }}
                  onKeyDown={(e) => {
                    if (e.key === 'Enter' && combobox.getSelectedOptionIndex() < 0 && typed !== '') {
                      e.preventDefault();
                      if (options.some((s) => s.name === typed) || canTakeTyped) add(typed);
                    } else if (e.key === 'Backspace' && text === '' && value.length > 0) change(value.slice(0, -1));
                  }} />
              </Combobox.EventsTarget>
            </Pill.Group>
          </PillsInput>
        </Combobox.DropdownTarget>
        <Combobox.Dropdown>
          <Combobox.Options aria-label={label}>
            {options.map((s) => <Combobox.Option key={s.name} value={s.name}><SubjectName type={s.type} name={s.name} /></Combobox.Option>)}
            {canTakeTyped && <Combobox.Option value={typed}><Group gap={6}>Use “{typed}” as it is</Group></Combobox.Option>}
            {options.length === 0 && !canTakeTyped && <Combobox.Empty>{found.isFetching ? 'Searching…' : 'Nothing found'}</Combobox.Empty>}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    </Stack>
  );
}
