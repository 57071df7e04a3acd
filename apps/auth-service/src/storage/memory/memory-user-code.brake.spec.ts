import { describeUserCodeBrake } from '../contracts/user-code.brake.contract.js';
import { MemoryUserCodeBrake } from './memory-user-code.brake.js';

describe('MemoryUserCodeBrake', () => {
  describeUserCodeBrake(async (limits) => {
    const brake = new MemoryUserCodeBrake(limits);
    return { brake, replica: brake };
  });

  it('lets nobody try beyond its bound', async () => {
    const brake = new MemoryUserCodeBrake(undefined, 3);
    await brake.attempt({ accountId: 'a', address: '192.0.2.1' });
    const other = brake.attempt({ accountId: 'b', address: '192.0.2.2' });
    await expect(other).rejects.toMatchObject({ status: 503 });
  });
});
