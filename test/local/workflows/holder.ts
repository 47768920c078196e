/** Holds a function that runs in a process of its own, and waits to be killed. */
import { startFunctions } from '#local/functions/host.ts';

const [codeFolder = '', file = '', state = ''] = process.argv.slice(2);
const functions = startFunctions({
  functions: [
    {
      ...{
        stack: 'test',
        logicalId: 'held',
        name: 'held',
        region: 'us-east-1',
        codeFolder,
        handler: 'index.handler',
      },
      ...{
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:held',
        logGroup: '/aws/lambda/held',
        apart: true,
      },
      ...{
        roleArn: 'arn:aws:iam::000000000000:role/test',
        timeoutMs: 60_000,
        memoryMb: 128,
        environment: {},
      },
    },
  ],
  environment: () => ({}),
  state,
});
await functions.invoke('held', { step: 'first', input: { file, at: 'first', hangs: 1 } });
