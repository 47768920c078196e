/** What the front is started with. */
import type { Invoke, PartHandler } from '../parts/contract.ts';
import type { Decision, Role } from './gate.ts';
import type { Place } from './needs/need.ts';

export type FrontOptions = Omit<Place, 'region' | 'accountId'> & {
  /** 0 for any free port. */
  port: number;
  region: string;
  accountId: string;
  /** Access key id → the role it stands for. */
  roles: ReadonlyMap<string, Role>;
  parts: {
    dynamodbPort: number;
    queuesPort: number;
    /** What stands in for models on Bedrock; without it they are not to be had. */
    modelsPort?: number;
    /** Own parts by SigV4 service name: `secretsmanager`, `events`, `states`, `ses`, `sms-voice`, … */
    handlers: Record<string, PartHandler>;
  };
  invoke?: Invoke;
  /** The key set of the local Cognito, served at `/<poolId>/.well-known/jwks.json`. */
  jwks?: () => unknown;
  onDecision?: (decision: Decision) => void;
  log: (line: string) => void;
};
