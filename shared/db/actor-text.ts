/** The id of a stored actor, with the prefix that tells people from keys, where Postgres writes the file itself. */
import type { Statement } from '../contract/context.ts';
import { idPrefixes } from '../contract/ids.ts';
import { sql } from './sql.ts';

/** An expression; null where nobody is named. */
export function actorText(type: Statement, id: Statement): Statement {
  const [key, person] = [`${idPrefixes.apiKey}_`, `${idPrefixes.user}_`];
  return sql`case ${type} when 'api_key' then ${key} else ${person} end || ${id}::text`;
}
