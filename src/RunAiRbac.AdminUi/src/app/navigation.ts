import {
  IconApps, IconBuildingCommunity, IconHistory, IconKey, IconLicense, IconSettings, IconShieldQuestion, IconUser, IconUsersGroup, IconZoomQuestion, type Icon,
} from '@tabler/icons-react';

export interface NavigationItem {
  label: string;
  path: string;
  icon: Icon;
  /** Shown to who holds this permission in any scope; without it to everybody. */
  needs?: [resourceType: string, action: string];
}

export interface NavigationGroup {
  label: string;
  items: NavigationItem[];
}

export const navigation: NavigationGroup[] = [
  {
    label: 'Access',
    items: [
      { label: 'Access rules', path: '/access-rules', icon: IconKey, needs: ['access_rules', 'read'] },
      { label: 'Roles', path: '/roles', icon: IconLicense },
      { label: 'Check access', path: '/check-access', icon: IconShieldQuestion },
      { label: 'Who can', path: '/who-can', icon: IconZoomQuestion, needs: ['authorization', 'read'] },
    ],
  },
  {
    label: 'Subjects',
    items: [
      { label: 'Users', path: '/users', icon: IconUser, needs: ['users', 'read'] },
      { label: 'Groups', path: '/groups', icon: IconUsersGroup, needs: ['groups', 'read'] },
      { label: 'Applications', path: '/applications', icon: IconApps, needs: ['apps', 'read'] },
    ],
  },
  {
    label: 'Account',
    items: [
      { label: 'Organization', path: '/organization', icon: IconBuildingCommunity, needs: ['tenant', 'read'] },
      { label: 'Event history', path: '/event-history', icon: IconHistory, needs: ['events-history', 'read'] },
      { label: 'Settings', path: '/settings', icon: IconSettings, needs: ['security-settings', 'read'] },
    ],
  },
];
