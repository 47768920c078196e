/** The head of a page, its sections, and what stands there while it loads. */
import { Box, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useShownBrand } from '../brand/brand.ts';

type PageProps = {
  title: string;
  /** What the page is for, in a sentence. */
  about?: ReactNode;
  /** What can be done here, first of all. */
  actions?: ReactNode;
  children: ReactNode;
};

/** A page: its title is the document’s as well. */
export function Page({ title, about, actions, children }: PageProps) {
  const { name } = useShownBrand();
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box maw="44rem">
          <Title order={1} size="h1" id="page-title" tabIndex={-1}>
            {title}
          </Title>
          {about !== undefined && (
            <Text c="dimmed" size="sm" mt={4}>
              {about}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

type SectionProps = {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
};

/** A card with a heading; `flush` lets a table reach its edges. */
export function Section({ title, about, actions, children, flush = false }: SectionProps) {
  return (
    <Paper component="section" aria-label={title} p={flush ? 0 : 'md'} style={{ overflow: 'hidden' }}>
      <Group justify="space-between" gap="xs" p={flush ? 'md' : 0} pb={flush ? 'xs' : 'sm'}>
        <Box maw="40rem">
          <Title order={2} size="h2">
            {title}
          </Title>
          {about !== undefined && (
            <Text c="dimmed" size="sm">
              {about}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      {children}
    </Paper>
  );
}

/** As many grey lines as will be there. */
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} h={16} w={`${90 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
