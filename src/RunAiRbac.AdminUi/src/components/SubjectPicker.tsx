import { Alert, Checkbox, Combobox, Group, Input, Loader, Pill, PillsInput, SegmentedControl, Stack, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { everybody, isEverybody, useSubjectSearch, type NamedType, type Subject } from '../api/subjects';
import { SubjectName, subjectKind } from './names';

const hints: Record<NamedType, string> = { user: 'E-mail address', group: 'Name of a group', app: 'Name of an application' };
const types: NamedType[] = ['user', 'group', 'app'];

interface Props {
  label: string;
  value: Subject[];
  change: (subjects: Subject[]) => void;
  /** More than one, and everybody signed in? */
  multiple?: boolean;
}

/** Users, groups and applications, found as one types; where there may be more than one, also everybody signed in. */
export function SubjectPicker({ label, value, change, multiple }: Props) {
  const [type, setType] = useState(value[0]?.type ?? 'user');
  const choices = multiple ? [...types, everybody.type] : types;
  return (
    <Input.Wrapper label={label} labelElement="div">
      <Stack gap="xs" mt={4}>
        <SegmentedControl aria-label="Type of subject" size="sm" value={type} onChange={setType} data={choices.map((t) => ({ value: t, label: isEverybody({ type: t }) ? 'Everybody' : subjectKind(t).label }))} style={{ alignSelf: 'flex-start' }} />
        {isEverybody({ type })
          ? <Everybody chosen={value.some(isEverybody)} choose={(on) => change(on ? [...value, everybody] : value.filter((s) => !isEverybody(s)))} />
          : <NamedPicker key={type} type={type as NamedType} label={label} value={value} change={change} multiple={multiple} />}
      </Stack>
    </Input.Wrapper>
  );
}

function Everybody({ chosen, choose }: { chosen: boolean; choose: (on: boolean) => void }) {
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />}>
      <Checkbox checked={chosen} onChange={(e) => choose(e.currentTarget.checked)} label="All authenticated users"
        description="Everybody who can sign in: every user and every application, including those who come later." styles={{ description: { color: 'inherit' } }} />
    </Alert>
  );
}

/** What is not found can be taken as typed: rules may be written before a person first signs in. */
function NamedPicker({ type, label, value, change, multiple }: Props & { type: NamedType }) {
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
    <Combobox store={combobox} onOptionSubmit={add} shadow="md">
      <Combobox.DropdownTarget>
        <PillsInput rightSection={found.isFetching ? <Loader size={14} /> : null}>
          <Pill.Group>
            {value.map((s) => <SubjectPill key={s.type + s.name} subject={s} remove={() => change(value.filter((x) => x !== s))} />)}
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
  );
}

function SubjectPill({ subject: { type, name }, remove }: { subject: Subject; remove: () => void }) {
  const kind = subjectKind(type).label;
  return <Pill withRemoveButton removeButtonProps={{ 'aria-label': `Remove ${name || kind}`, tabIndex: 0, 'aria-hidden': false }} onRemove={remove}>{name ? `${kind}: ${name}` : kind}</Pill>;
}
