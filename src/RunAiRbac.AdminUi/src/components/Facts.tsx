import type { ReactNode } from 'react';

/** What is known of something, as term and value; an absent value is a dash. */
export function Facts({ of }: { of: [term: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {of.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value === undefined || value === null || value === false || value === '' ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  );
}
