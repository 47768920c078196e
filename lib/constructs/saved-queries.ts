/** The questions of the table, saved where the logs are; and who is first, counted as the lines come in. */
import { CfnInsightRule } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { type QueryRow, queryTable, rankings } from '#lib/operations/query-table.ts';
import type { CellStack } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';

/** Saves the questions about these functions, in their own stack: so nothing refers to logs from outside. */
export function saveQueries(
  stack: CellStack,
  of: 'http' | 'jobs',
  functions: readonly KernelFunction[],
): void {
  const logGroupNames = functions.map(({ lambda }) => lambda.logGroup.logGroupName);
  for (const [name, row] of Object.entries<QueryRow>(queryTable)) {
    if (!row.of.includes(of)) continue;
    new CfnQueryDefinition(stack, `Query-${name.replaceAll(' ', '-')}`, {
      name: `${stack.facts.name}/${of}/${name}`,
      queryString: row.query.join('\n| '),
      logGroupNames,
    });
  }
}

/** Ranks tenants by what the API's logs say of them. */
export function rankTenants(stack: CellStack): void {
  for (const [name, { aggregate, above, valueOf }] of Object.entries(rankings)) {
    new CfnInsightRule(stack, `Ranking-${name}`, {
      ruleName: `${stack.facts.name}-${name}`,
      ruleState: 'ENABLED',
      ruleBody: JSON.stringify({
        Schema: { Name: 'CloudWatchLogRule', Version: 1 },
        // CloudFormation names log groups after their stack.
        LogGroupNames: [`${stack.facts.name}-http-*`],
        LogFormat: 'JSON',
        Contribution: {
          Keys: ['$.tenantId'],
          Filters: [
            { Match: '$.message', In: ['request'] },
            ...(above === undefined ? [] : [{ Match: '$.status', GreaterThan: above }]),
          ],
          ...(valueOf === undefined ? {} : { ValueOf: valueOf }),
        },
        AggregateOn: aggregate,
      }),
    });
  }
}
