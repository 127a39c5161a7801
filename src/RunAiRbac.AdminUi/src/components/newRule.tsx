import { createContext, lazy, Suspense, useCallback, useContext, useState, type ReactNode } from 'react';
import type { ScopeNode } from '../api/scopes';
import type { Subject } from '../api/subjects';

const NewRuleDialog = lazy(() => import('../pages/access-rules/NewRuleDialog'));

/** What the dialog starts with. */
export interface RulePreset {
  subjects?: Subject[];
  roleId?: number;
  scopes?: ScopeNode[];
}

const Open = createContext<(preset?: RulePreset) => void>(() => {});

/** Opens the dialog for new access rules, from anywhere. Show the control only to who may create rules (`usePermissionsAnywhere().may('access_rules', 'create')`). */
export const useNewRule = () => useContext(Open);

export function NewRuleProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<{ preset: RulePreset; number: number }>();
  const open = useCallback((preset: RulePreset = {}) => setOpened((last) => ({ preset, number: (last?.number ?? 0) + 1 })), []);
  return (
    <Open.Provider value={open}>
      {children}
      {opened && (
        <Suspense fallback={null}>
          <NewRuleDialog key={opened.number} preset={opened.preset} close={() => setOpened(undefined)} />
        </Suspense>
      )}
    </Open.Provider>
  );
}
