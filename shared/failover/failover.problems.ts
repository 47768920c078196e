/** Why a failover is refused. Nothing was promoted then. */
import { problem } from '../contract/errors.ts';

export const otherCell = problem(
  'failover.other_cell',
  422,
  'This machine stands in another cell than the one that was named.',
);
export const outsideResidency = problem(
  'failover.outside_residency',
  422,
  'Data never leaves its residency: a region of the database belongs to another one.',
);
export const stillHealthy = problem(
  'failover.still_healthy',
  409,
  'The region still answers. Plan the change, or say that it is wanted even so.',
);
export const notAnswering = problem(
  'failover.not_answering',
  409,
  'The region does not answer, so nothing can be planned with it: force the failover.',
);
export const writesAlready = problem(
  'failover.writes_already',
  409,
  'This region’s database writes already.',
);
export const otherSchema = problem(
  'failover.other_schema',
  409,
  'The database has another schema than the functions here: deploy the version that belongs to it.',
);
