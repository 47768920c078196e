/** Who subscribed to which logs: subscription filters, each with the function that gets the lines. */
import { type Cell, ofType } from './cell.ts';
import { propertiesOf } from './properties.ts';

export type SubscriptionFilter = { name: string; logGroup: string; pattern: string; functionArn: string };

/** @throws Error for a destination other than a function */
export function subscriptionFilters(cell: Cell): SubscriptionFilter[] {
  return ofType(cell, 'AWS::Logs::SubscriptionFilter').map((resource) => {
    const properties = propertiesOf(resource);
    const functionArn = properties.needText('DestinationArn');
    if (!functionArn.includes(':function:')) {
      throw new Error(`${resource.stack}/${resource.logicalId}: ${functionArn} is not a function`);
    }
    return {
      ...{ name: resource.ref, functionArn },
      logGroup: properties.needText('LogGroupName'),
      pattern: properties.text('FilterPattern') ?? '',
    };
  });
}
