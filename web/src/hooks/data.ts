/**
 * Reading and changing what the service has. A page stands in a scope (one tenant, the person, the platform), which
 * decides in whose name it calls and keeps what it read apart from the same page about somebody else.
 */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { createContext, use } from 'react';
import type { Api } from '../api/client.ts';
import { useSay } from './say.ts';

export type Scope = { key: string; api: Api };

export const ScopeContext = createContext<Scope | undefined>(undefined);

/** Where the page stands. */
export function useScope(): Scope {
  const found = use(ScopeContext);
  if (found === undefined) throw new Error('This page stands in no scope.');
  return found;
}

type Key = readonly (string | number | undefined)[];

/** Something that is read as a whole. */
export function useRead<Data>(
  key: Key,
  read: (api: Api) => Promise<Data>,
  { enabled = true, everyMs }: { enabled?: boolean; everyMs?: number | undefined } = {},
) {
  const scope = useScope();
  return useQuery({
    queryKey: [scope.key, ...key],
    queryFn: () => read(scope.api),
    enabled,
    refetchInterval: everyMs ?? false,
  });
}

type Page<Item> = { items: Item[]; nextCursor: string | null };

/** A list that is read page by page; `everyMs` says how often it is looked at again, by what is in it. */
export function usePages<Item>(
  key: Key,
  read: (api: Api, cursor: { cursor?: string }) => Promise<Page<Item>>,
  {
    enabled = true,
    everyMs,
  }: { enabled?: boolean; everyMs?: (items: readonly Item[]) => number | false } = {},
) {
  const scope = useScope();
  const query = useInfiniteQuery({
    queryKey: [scope.key, ...key, 'pages'],
    queryFn: ({ pageParam }) => read(scope.api, pageParam === '' ? {} : { cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }: Page<Item>) => nextCursor,
    enabled,
    // What was found stays until the next search is answered; another tenant is another page and starts empty.
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => everyMs?.(state.data?.pages.flatMap(({ items }) => items) ?? []) ?? false,
  });
  return { ...query, items: query.data?.pages.flatMap(({ items }) => items) };
}

/** What a list gives to the table that shows it. */
export type Pages<Item> = ReturnType<typeof usePages<Item>>;

/** A change: what it makes stale is read again, and it is said that it was done. */
export function useChange<Input, Output>(
  change: (api: Api, input: Input) => Promise<Output>,
  { done, stale }: { done?: (output: Output, input: Input) => string; stale: readonly Key[] },
) {
  const scope = useScope();
  const client = useQueryClient();
  const say = useSay();
  return useMutation({
    mutationFn: (input: Input) => change(scope.api, input),
    onSuccess: async (output, input) => {
      if (done !== undefined) say(done(output, input));
      await Promise.all(stale.map((key) => client.invalidateQueries({ queryKey: [scope.key, ...key] })));
    },
  });
}
