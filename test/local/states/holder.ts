/** Starts an execution whose task never ends, says so, and waits to be killed. */
import { startStates } from '#local/parts/states/states.ts';
import { invoking, machine } from './machines.ts';

const states = startStates({
  machines: [machine('long', { Work: invoking('work') })],
  invoke: () => {
    process.stdout.write('invoked\n');
    return new Promise(() => setInterval(() => undefined, 1000));
  },
  state: process.argv[2] ?? '',
  log: () => undefined,
});
await states.startExecution('arn:aws:states:us-east-1:000000000000:stateMachine:long', '{"n":1}');
