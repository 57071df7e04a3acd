import { TemporarilyUnavailableError } from '@keyward/oauth';
import { describeSignInBrake } from '../contracts/sign-in.brake.contract.js';
import { MemorySignInBrake } from './memory-sign-in.brake.js';

describe('MemorySignInBrake', () => {
  describeSignInBrake(async (limits) => {
    const brake = new MemorySignInBrake(limits);
    return { brake, replica: brake };
  });

  const source = (index: number) => ({ username: `user ${index}`, address: `192.0.2.${index}` });

  it('drops what time has forgotten while it grows', async () => {
    const brief = { freeAttempts: 2, firstDelayMs: 1, maxDelayMs: 1, forgetMs: 1 };
    const brake = new MemorySignInBrake({ account: brief, address: brief });
    for (let index = 0; index < 5000; index += 1) {
      if (index % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
      await brake.attempt(source(index));
    }
    expect(brake.size).toBeLessThan(2000);
  });

  it('lets nobody try rather than forget somebody', async () => {
    const brake = new MemorySignInBrake(undefined, 10);
    for (let index = 0; index < 5; index += 1) await brake.attempt(source(index));
    await expect(brake.attempt(source(6))).rejects.toThrow(TemporarilyUnavailableError);
  });
});
