/** What must hold while a master dies and its replica takes over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type Revocation, type TokenIdentity } from '../../../revocation/revocation.js';
import {
  handleFixture,
  lineageFixture,
  presentationFixture,
} from '../../../testing/lineage.fixture.js';
import { lineageKey } from '../../testing/redis-lineage.js';
import { type RedisConnection } from '../redis.connection.js';
import { RedisRevokedTokenStore } from '../redis-revoked-token.store.js';
import { RedisRotationStore } from '../redis-rotation.store.js';

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
  const revocation = (jti: string): Revocation => ({
    kind: 'jti',
    value: jti,
    iatBefore: null,
    audiences: null,
    expiresAt: new Date(Date.now() + 600_000),
  });
  const token = (jti: string): TokenIdentity => ({
    jti,
    clientId: 'shop',
    issuedAt: 1000,
    grantId: null,
    kid: null,
  });
  async function* record(...jtis: string[]): AsyncIterable<Revocation[]> {
    yield jtis.map(revocation);
  }
  const find = (...jtis: string[]) => Promise.all(jtis.map((jti) => store.find(token(jti))));
  const runId = () => runIdOf(connection, '{revoked}');
  await store.restore(record('revoked'));
  expect(await find('revoked', 'other')).toEqual(['revoked', 'live']);
  const before = await runId();
  const lineages = new RedisRotationStore(connection);
  const handle = await handleOf(connection, before);
  await lineages.put(handle, lineageFixture());
  expect(await lineages.present(handle, presentationFixture(1))).toMatchObject({
    outcome: 'rotated',
  });

  let killed = false;
  const told = new Set<string>();
  const deadline = Date.now() + FAIL_OVER_TIMEOUT_MS;
  // What was not given to the replica before the crash is lost; the record has it.
  while (Date.now() < deadline) {
    if (!killed)
      await Promise.all([store.revoke([revocation('late')]).catch(() => undefined), kill()]);
    killed = true;
    const answers = await Promise.allSettled(
      ['revoked', 'late', 'other'].map((jti) => store.find(token(jti))),
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
  // It was replicated, and is a miss all the same: its revocation may not have been.
  expect(await lineages.present(handle, presentationFixture(2))).toBeNull();

  await store.restore(record('revoked', 'late'));
  expect(await find('revoked', 'late', 'other')).toEqual(['revoked', 'revoked', 'live']);
}

function runIdOf(connection: RedisConnection, key: string): Promise<string> {
  return connection.run(key, async (_, runId) => runId);
}

/** A handle whose lineage the process `runId` serves. */
async function handleOf(connection: RedisConnection, runId: string): Promise<Buffer> {
  for (;;) {
    const handle = handleFixture();
    const key = lineageKey({ keyPrefix: '' }, handle);
    if ((await runIdOf(connection, key)) === runId) return handle;
  }
}
