import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { RouterProvider } from 'react-router';
import { newQueryClient } from '../api/queryClient';
import { newRouter } from './routes';
import { theme, variables } from './theme';

/** The service writes a new nonce into the page each time: styles made at run time are allowed by it alone. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content;
// Read by the scroll lock of dialogs.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;

export function App() {
  const [client] = useState(newQueryClient);
  const [router] = useState(newRouter);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={() => nonce ?? ''}>
      <Notifications position="bottom-right" autoClose={5000} />
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
