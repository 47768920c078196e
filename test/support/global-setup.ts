/**
 * Once per test run: an address where tests learn of the run's PostgreSQL server. The server starts when the
 * first test asks, so a run without a database does not pay for one.
 */
import { startPostgresService } from './postgres-service.ts';

export default startPostgresService;
