export { keepDeadLetters as handler } from '#shared/middleware/dead-letters.ts';
