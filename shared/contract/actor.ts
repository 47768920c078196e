/** Who acts inside a tenant: one of its people, or one of its API keys. What remembers who did it, remembers both. */
import * as z from 'zod';
import { type ApiKeyId, formatId, idSchema, isId, type UserId, uuidOf } from './ids.ts';

/** The kinds of actor, as the database stores them beside the bare id. */
export type ActorType = 'person' | 'api_key';

/** Whoever calls an endpoint of the tenant plane. */
export type Actor = { type: 'person'; id: UserId } | { type: 'api_key'; id: ApiKeyId };

/** The id of an actor; its prefix tells which kind. */
export const actorIdSchema = z.union([idSchema('user'), idSchema('apiKey')]);

/** The id of a stored actor. */
export function actorIdOf(type: ActorType, bareUuid: string): Actor['id'] {
  return type === 'person' ? formatId('user', bareUuid) : formatId('apiKey', bareUuid);
}

/** How the actor of an id is stored. */
export function storedActor(id: Actor['id']): { type: ActorType; uuid: string } {
  return { type: isId('user', id) ? 'person' : 'api_key', uuid: uuidOf(id) };
}

/** What a key is for: what serves people, or what tries things out. */
export const keyEnvironments = ['live', 'test'] as const;

export type KeyEnvironment = (typeof keyEnvironments)[number];
