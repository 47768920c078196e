/** Facts for tests in which nothing listens anywhere. */
import type { Facts } from '#local/template/cell.ts';

export const facts: Facts = {
  awsUrl: 'http://127.0.0.1:4566',
  apiUrl: 'http://localhost:3000/api',
  loginUrl: 'http://localhost:4567',
  issuerUrl: 'http://localhost:4567/pool',
  database: { host: '127.0.0.1', port: 5433 },
};
