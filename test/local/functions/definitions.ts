/** Functions written on the spot, in a temporary folder each. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition } from '#local/functions/host.ts';

/** A temporary folder for state or code. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'plinth-functions-'));
}

/** A function whose `index.mjs` is the given source. */
export function define(
  name: string,
  source: string,
  more: Partial<FunctionDefinition> = {},
): FunctionDefinition {
  const codeFolder = temporaryFolder();
  writeFileSync(join(codeFolder, 'index.mjs'), source);
  return {
    ...{ stack: 'test', logicalId: name, name, region: 'us-east-1', codeFolder, handler: 'index.handler' },
    ...{ arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`, logGroup: `/aws/lambda/${name}` },
    ...{ roleArn: 'arn:aws:iam::000000000000:role/test', timeoutMs: 3000, memoryMb: 128, environment: {} },
    ...more,
  };
}
