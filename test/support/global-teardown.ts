/** Once per test run: stops what global-setup.ts and the tests started. */
import { stopPostgresService } from './postgres-service.ts';

export default stopPostgresService;
