import { Anchor } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link } from 'react-router';

/** From a detail page up to its list. */
export function BackTo({ to, label }: { to: string; label: string }) {
  return (
    <Anchor component={Link} to={to} size="sm" display="inline-flex" style={{ alignItems: 'center', gap: 2 }} mb={6}>
      <IconChevronLeft size={14} aria-hidden />
      {label}
    </Anchor>
  );
}
