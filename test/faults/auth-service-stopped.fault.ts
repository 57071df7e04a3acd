/** A replica of auth-service is asked to end, as an update does, and another takes its place. */
import { type Fault } from './fault.js';

export const authServiceStopped: Fault = {
  name: 'auth-service-stopped',
  what: 'one of two auth-services ended in order (SIGTERM) under load, and started anew',
  promise:
    'no request is lost by clients that try the other replica where the first takes no connection',
  inflict: async ({ world, broken }) => {
    const end = await world.replicas[1]?.stop();
    if (end?.code !== 0) broken(`it ended by ${end?.signal ?? end?.code}`);
    await world.startReplica(1);
  },
};
