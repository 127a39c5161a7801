import { ActionIcon, Button, Tooltip, type ActionIconProps, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import type { May } from '../api/permissions';

/** Why a button cannot be used: `missing` names the permission. Stays focusable, so that the keyboard reaches the reason too. */
function blocked(may: May) {
  const reason = may.state === 'denied' ? `Needs the permission ${may.missing}` : undefined;
  return {
    reason,
    props: may.state === 'allowed' ? {} : { 'data-disabled': true, 'aria-disabled': true, onClick: (e: { preventDefault(): void }) => e.preventDefault() },
  };
}

/** A button for something that needs a permission: absent when it is never allowed, disabled with the reason when not allowed here. */
export function GuardedButton({ may, ...props }: { may: May } & ButtonProps & ComponentPropsWithoutRef<'button'>) {
  if (may.state === 'never') return null;
  const { reason, props: disabled } = blocked(may);
  return (
    <Tooltip label={reason} disabled={!reason}>
      <Button {...props} {...disabled} />
    </Tooltip>
  );
}

/** The same for an icon; `label` is its accessible name and its tooltip. */
export function GuardedIcon({ may, label, children, ...props }: { may: May; label: string; children: ReactNode } & ActionIconProps & ComponentPropsWithoutRef<'button'>) {
  if (may.state === 'never') return null;
  const { reason, props: disabled } = blocked(may);
  return (
    <Tooltip label={reason ?? label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} {...props} {...disabled}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
