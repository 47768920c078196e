export { dispatch as handler } from '#shared/middleware/dispatch.ts';
