/** What forms are made from says the same as zod's own generator, which functions do without. */
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { parameterSchema } from '#shared/exports/parameter-schema.ts';
import { registry } from '#shared/registry.ts';

const reports = Object.values(registry).flatMap(({ reports: declared = {} }) => Object.values(declared));

test('[EXP-1] there are reports with parameters', () => {
  expect(reports.filter(({ parameters }) => Object.keys(parameters.shape).length > 0).length).toBeGreaterThan(
    3,
  );
});

test.each(reports.map((report) => [report.id, report] as const))(
  '[EXP-1] %s is asked for what zod says of it',
  (_, { parameters }) => {
    const whole = z.toJSONSchema(parameters, { io: 'input', unrepresentable: 'any' });
    const own = parameterSchema(parameters);
    expect(Object.keys(own.properties)).toEqual(Object.keys(whole.properties ?? {}));
    expect(own.required).toEqual(whole.required ?? []);
    for (const [name, value] of Object.entries(own.properties)) {
      expect(whole.properties?.[name]).toMatchObject(value);
    }
  },
);

test('a parameter that has to be given is required, and an enumeration lists its values', () => {
  const schema = parameterSchema(z.object({ day: z.iso.date(), kind: z.enum(['a', 'b']).optional() }));
  expect(schema).toMatchObject({
    required: ['day'],
    properties: { day: { type: 'string', format: 'date' }, kind: { type: 'string', enum: ['a', 'b'] } },
  });
});
