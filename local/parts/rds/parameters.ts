/** What a call of the RDS API says, in the flat names of the query protocol; what is not known here is refused. */
import { AwsError } from '../contract.ts';

export type Parameters = {
  text(name: string): string | undefined;
  need(name: string): string;
  flag(name: string): boolean;
  /** `Tags.Tag.1.Key`: the values below `Tags.Tag.<n>`, in order. */
  list(prefix: string): string[];
  tags(): { Key: string; Value: string }[];
};

/** @param known names, a list's without its number: `Tags.Tag.Key` */
export function parametersOf(
  action: string,
  body: Record<string, unknown>,
  known: readonly string[],
): Parameters {
  const given = new Map(
    Object.entries(body)
      .filter(([name]) => name !== 'Action' && name !== 'Version')
      .map(([name, value]) => [name, String(value)]),
  );
  for (const name of given.keys()) {
    if (known.includes(name.replaceAll(/\.\d+(?=\.|$)/g, ''))) continue;
    throw new AwsError(
      'InvalidParameterValue',
      `The local stack does not know what ${name} of ${action} does.`,
    );
  }
  const text = (name: string) => given.get(name);
  const list = (prefix: string): string[] => {
    const found: string[] = [];
    for (let n = 1; given.has(`${prefix}.${n}`); n += 1) found.push(given.get(`${prefix}.${n}`) ?? '');
    return found;
  };
  return {
    text,
    list,
    need: (name) => {
      const value = text(name);
      if (value === undefined || value === '') {
        throw new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
      }
      return value;
    },
    flag: (name) => text(name) === 'true',
    tags: () => {
      const found: { Key: string; Value: string }[] = [];
      for (let n = 1; given.has(`Tags.Tag.${n}.Key`); n += 1) {
        found.push({
          Key: given.get(`Tags.Tag.${n}.Key`) ?? '',
          Value: given.get(`Tags.Tag.${n}.Value`) ?? '',
        });
      }
      return found;
    },
  };
}

/** A name as RDS takes it. */
export function identifier(name: string): string {
  if (/^[a-z](?!.*--)[a-z0-9-]{0,62}$/.test(name) && !name.endsWith('-')) return name;
  throw new AwsError('InvalidParameterValue', `${name} is not a valid identifier.`);
}
