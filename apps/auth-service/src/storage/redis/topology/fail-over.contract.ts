/** What must hold while a master dies and its replica takes over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type TokenRevocation } from '../../../revocation/revocation.record.js';
import { type RedisConnection } from '../redis.connection.js';
import { RedisRevokedTokenStore } from '../redis-revoked-token.store.js';

const FAIL_OVER_TIMEOUT_MS = 20_000;

/**
 * Kills the master of the revoked tokens under load: no revoked token is ever called live, and no other
 * one is before its state was restored on the new master.
 *
 * @param kill ends the master as a crash does
 */
export async function surviveFailOver(
  connection: RedisConnection,
  kill: () => Promise<void>,
): Promise<void> {
  const store = new RedisRevokedTokenStore(connection);
  const revocation = { jti: 'revoked', expiresAt: new Date(Date.now() + 600_000) };
  async function* record(): AsyncIterable<TokenRevocation[]> {
    yield [revocation];
  }
  const runId = () => connection.run('{revoked}', async (_, id) => id);
  await store.restore(record());
  expect([await store.find('revoked'), await store.find('other')]).toEqual(['revoked', 'live']);
  const before = await runId();

  let killed = false;
  const told = new Set<string>();
  const deadline = Date.now() + FAIL_OVER_TIMEOUT_MS;
  // What was not given to the replica before the crash is lost; the record has it.
  const late = { ...revocation, jti: 'late' };
  while (Date.now() < deadline) {
    if (!killed) await Promise.all([store.revoke(late).catch(() => undefined), kill()]);
    killed = true;
    const answers = await Promise.allSettled(
      ['revoked', 'late', 'other'].map((jti) => store.find(jti)),
    );
    const [first] = answers;
    for (const answer of answers) {
      if (answer.status === 'rejected') {
        expect(answer.reason).toBeInstanceOf(TemporarilyUnavailableError);
        told.add('503');
      } else {
        expect(answer.value).not.toBe('live');
        told.add(answer.value);
      }
    }
    if (first?.status === 'fulfilled') break;
    await sleep(10);
  }
  // Until the first answer of the new master everything was 503, and it does not trust its state.
  expect([...told].sort()).toEqual(['503', 'revoked', 'unknown']);
  expect(await runId()).not.toBe(before);

  async function* both() {
    yield [revocation, late];
  }
  await store.restore(both());
  const states = await Promise.all(['revoked', 'late', 'other'].map((jti) => store.find(jti)));
  expect(states).toEqual(['revoked', 'revoked', 'live']);
}
