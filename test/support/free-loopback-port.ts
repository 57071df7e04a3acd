/** A port that nothing listens on, for the processes that tests start. */
export { freeLoopbackPort } from '@keyward/auth-service/testing';
