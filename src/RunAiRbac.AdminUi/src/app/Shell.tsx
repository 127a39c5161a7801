import { ActionIcon, AppShell, Burger, Center, Group, Loader, Menu, NavLink, ScrollArea, Text, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconLogout, IconMoon, IconShieldCheck, IconSun, IconUserCircle } from '@tabler/icons-react';
import { Suspense, useEffect } from 'react';
import { Link, NavLink as RouterNavLink, Outlet, useLocation } from 'react-router';
import { usePermissionsAnywhere } from '../api/permissions';
import { signOut, useMe } from '../api/session';
import { Failure } from '../components/Failure';
import { NewRuleProvider } from '../components/newRule';
import { navigation } from './navigation';

/** What stands around every page: who one is, where one can go. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const me = useMe();
  const location = useLocation();
  useEffect(close, [location.pathname, close]);

  if (me.isPending) return <Center h="100vh"><Loader aria-label="Loading" /></Center>;
  if (me.isError) return <Center h="100vh" p="md"><Failure error={me.error} retry={() => void me.refetch()} /></Center>;
  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'lg' }}>
      <AppShell.Header>
        <a className="skip-link" href="#content">Skip to the content</a>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" aria-expanded={opened} />
          <Link to="/" style={{ textDecoration: 'none', color: 'inherit' }}>
            <Group gap={8} wrap="nowrap">
              <IconShieldCheck size={22} stroke={1.8} color="var(--mantine-color-indigo-filled)" aria-hidden />
              <Text fw={650} size="md">RunAiRbac</Text>
            </Group>
          </Link>
          <Text size="sm" c="dimmed" visibleFrom="xs" className="truncate">{me.data.tenantName}</Text>
          <Group gap={4} ml="auto" wrap="nowrap">
            <ColorSchemeToggle />
            <AccountMenu name={me.data.name} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label="Main">
        <ScrollArea px={8} pb="md">
          <Navigation />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Suspense fallback={<Center py="xl"><Loader aria-label="Loading" /></Center>}>
          <NewRuleProvider>
            <Outlet />
          </NewRuleProvider>
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation() {
  const anywhere = usePermissionsAnywhere();
  if (!anywhere.ready) return null;
  return navigation.map((group) => {
    const items = group.items.filter((item) => !item.needs || anywhere.may(...item.needs));
    return items.length === 0 ? null : (
      <div key={group.label}>
        <div className="nav-group">{group.label}</div>
        {items.map((item) => (
          <NavLink key={item.path} component={RouterNavLink} to={item.path} label={item.label} leftSection={<item.icon size={18} stroke={1.7} aria-hidden />} py={6} style={{ borderRadius: 4 }} />
        ))}
      </div>
    );
  });
}

function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? 'Use light colours' : 'Use dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
        {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function AccountMenu({ name }: { name: string }) {
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton px={8} py={6} aria-label={`Account of ${name}`}>
          <Group gap={6} wrap="nowrap">
            <IconUserCircle size={20} stroke={1.6} aria-hidden />
            <Text size="sm" visibleFrom="xs" maw={240} className="truncate">{name}</Text>
            <IconChevronDown size={14} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle size={16} />}>My account</Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
