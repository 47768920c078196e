/** Names for ids: members are read once, everybody else stays what they are. */
import { answer } from '../api/client.ts';
import { useConsole } from './console.ts';
import { useRead } from './data.ts';
import { useTenant } from './tenant.ts';

/** Who did something that stands in the trail; the staff of the platform are no members. */
export function useActorNames(): (actor: { plane: string; id: string | null }) => string {
  const nameOf = useNames();
  return ({ plane, id }) => (plane === 'platform' && id !== null ? 'the platform’s staff' : nameOf(id));
}

/** Says who an id is, for pages of a tenant. */
export function useNames(): (id: string | null) => string {
  const { profile } = useConsole();
  const people = usePeople();
  const known = new Map(people.map(({ value, label }) => [value, label]));
  return (id) => {
    if (id === null) return 'the system';
    if (id === profile.id) return 'you';
    if (id.startsWith('key_')) return 'an API key';
    return known.get(id) ?? 'somebody who left';
  };
}

/** The members of the tenant, to choose one of them; nobody for who may not see them. */
export function usePeople({ enabled = true } = {}): { value: string; label: string }[] {
  const { may } = useTenant();
  const members = useRead(
    ['members', 'names'],
    (api) => answer(api.GET('/v1/members', { params: { query: { limit: 100 } } })),
    { enabled: enabled && may('members:read') },
  );
  const items = members.data?.items ?? [];
  return items.map(({ userId, name, email }) => ({ value: userId, label: name || email }));
}
