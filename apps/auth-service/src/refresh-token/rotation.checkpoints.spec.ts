import { setTimeout as sleep } from 'node:timers/promises';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { handleFixture, lineageFixture } from '../testing/lineage.fixture.js';
import { CHECKPOINT_LAG_SECONDS, RotationCheckpoints } from './rotation.checkpoints.js';
import { type Checkpoint, RotationRecord } from './rotation.record.js';

/** Keeps what is written to it, or fails. */
class ListedRecord extends RotationRecord {
  readonly written: Checkpoint[][] = [];
  isDown = false;

  override async checkpoint(states: readonly Checkpoint[]): Promise<void> {
    if (this.isDown) throw new TemporarilyUnavailableError('down');
    this.written.push([...states]);
  }
  override create = () => Promise.reject(new Error('not asked for'));
  override rebuild = () => Promise.reject(new Error('not asked for'));
  override find = () => Promise.reject(new Error('not asked for'));
  override findByGrants = () => Promise.reject(new Error('not asked for'));
  override findGrant = () => Promise.reject(new Error('not asked for'));
}

describe('RotationCheckpoints', () => {
  const at = (current: number) => ({
    ...lineageFixture({ current, parent: current - 1 }),
    standing: 'live' as const,
  });
  let record: ListedRecord;
  let checkpoints: RotationCheckpoints;
  beforeEach(() => {
    record = new ListedRecord();
    checkpoints = new RotationCheckpoints(record);
  });

  it('writes the latest state of each lineage, in one batch, within the lag', async () => {
    const [one, other] = [handleFixture(), handleFixture()];
    for (const current of [2, 4, 3]) checkpoints.add(one, at(current));
    checkpoints.add(other, at(2));
    expect(record.written).toEqual([]);
    await sleep(CHECKPOINT_LAG_SECONDS * 1000);
    expect(record.written).toEqual([
      [
        expect.objectContaining({ handle: one, current: 4, parent: 3 }),
        expect.objectContaining({ handle: other, current: 2 }),
      ],
    ]);
  });

  it('keeps what could not be written, and what came later replaces it', async () => {
    const [one, other] = [handleFixture(), handleFixture()];
    record.isDown = true;
    checkpoints.add(one, at(2));
    checkpoints.add(other, at(2));
    await sleep(400);
    expect(checkpoints.size).toBe(2);
    checkpoints.add(one, at(3));
    record.isDown = false;
    await checkpoints.onApplicationShutdown();
    expect(
      record.written
        .flat()
        .map(({ current }) => current)
        .sort(),
    ).toEqual([2, 3]);
    expect(checkpoints.size).toBe(0);
  });

  it('ends at once where the record is down at shutdown', async () => {
    record.isDown = true;
    checkpoints.add(handleFixture(), at(2));
    await checkpoints.onApplicationShutdown();
    expect(checkpoints.size).toBe(1);
  });
});
