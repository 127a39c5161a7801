import { createBrowserRouter, type RouteObject } from 'react-router';
import { Home } from './Home';
import { NotFound, RouteFailure } from './RouteFailure';
import { Shell } from './Shell';

/** Every page, each loaded when it is first opened. A page's module exports `Component`. */
const pages: RouteObject[] = [
  { path: 'access-rules', lazy: () => import('../pages/access-rules/AccessRulesPage') },
  { path: 'roles', lazy: () => import('../pages/roles/RolesPage') },
  { path: 'roles/:roleId', lazy: () => import('../pages/roles/RolePage') },
  { path: 'check-access', lazy: () => import('../pages/check-access/CheckAccessPage') },
  { path: 'who-can', lazy: () => import('../pages/who-can/WhoCanPage') },
  { path: 'users', lazy: () => import('../pages/users/UsersPage') },
  { path: 'users/:id', lazy: () => import('../pages/users/UserPage') },
  { path: 'groups', lazy: () => import('../pages/groups/GroupsPage') },
  { path: 'groups/:name', lazy: () => import('../pages/groups/GroupPage') },
  { path: 'applications', lazy: () => import('../pages/applications/ApplicationsPage') },
  { path: 'applications/:id', lazy: () => import('../pages/applications/ApplicationPage') },
  { path: 'organization', lazy: () => import('../pages/organization/OrganizationPage') },
  { path: 'organization/:type/:id?', lazy: () => import('../pages/organization/ScopePage') },
  { path: 'event-history', lazy: () => import('../pages/event-history/EventHistoryPage') },
  { path: 'settings', lazy: () => import('../pages/settings/SettingsPage') },
  { path: 'account', lazy: () => import('../pages/account/AccountPage') },
];

export const newRouter = () =>
  createBrowserRouter([
    {
      path: '/',
      element: <Shell />,
      errorElement: <RouteFailure />,
      hydrateFallbackElement: <></>,
      children: [
        { index: true, element: <Home /> },
        ...pages.map((page) => ({ ...page, errorElement: <RouteFailure /> })),
        { path: '*', element: <NotFound /> },
      ],
    },
  ]);
