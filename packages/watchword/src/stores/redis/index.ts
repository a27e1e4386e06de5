export { redisRelay } from './redis-relay.ts';
