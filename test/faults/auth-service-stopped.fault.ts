/** A replica of auth-service is asked to end, as an update does, and another takes its place. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type FaultStage } from './fault.js';

const REPLICA = 1;
const CHECK_INTERVAL_MS = 50;

export const authServiceStopped: Fault = {
  name: 'auth-service-stopped',
  what: 'one of two auth-services ended in order (SIGTERM) under load, and started anew',
  promise: 'no request is lost by clients of a proxy that asks who is ready',
  inflict: async (stage) => {
    const { world, broken } = stage;
    const [end] = await Promise.all([world.replicas[REPLICA]?.stop(), setAsideOnceUnready(stage)]);
    if (end?.code !== 0) broken(`it ended by ${end?.signal ?? end?.code}`);
    await world.startReplica(REPLICA);
  },
};

async function setAsideOnceUnready({ world, broken }: FaultStage): Promise<void> {
  const url = world.replicas[REPLICA]?.url ?? '';
  for (;;) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer === null) broken('it closed its port before it said that it was not ready');
    if (answer?.status !== 200) return world.setAside(REPLICA);
    await sleep(CHECK_INTERVAL_MS);
  }
}
