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
