/** Lineages and presentations for tests of rotation, of which each test says what matters to it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { FIRST_STATE, type Lineage } from '../refresh-token/lineage.js';
import { type Presentation } from '../refresh-token/rotation.decision.js';

/** W and lostResponseSeconds of {@link presentationFixture}, and a day of idling. */
export const TEST_RULES = { retryWindowMs: 10_000, lostResponseMs: 600_000, idleMs: 86_400_000 };

const CLIENT_DIGEST = Buffer.alloc(16, 3);

/** A lineage before its first rotation that lives for another week. */
export function lineageFixture(change: Partial<Lineage> = {}): Lineage {
  return {
    ...FIRST_STATE,
    grantId: randomUUID(),
    accountId: randomUUID(),
    sid: randomUUID(),
    clientDigest: CLIENT_DIGEST,
    authenticatedAtSeconds: 1_700_000_000,
    termsId: 7,
    keyBinding: null,
    idleExpiresMs: Date.now() + TEST_RULES.idleMs,
    absoluteExpiresMs: Date.now() + 7 * 86_400_000,
    ...change,
  };
}

/** Its client with a token of this generation. */
export function presentationFixture(
  generation: number,
  change: Partial<Presentation> = {},
): Presentation {
  return {
    generation,
    clientDigest: CLIENT_DIGEST,
    keyBinding: null,
    rules: TEST_RULES,
    ...change,
  };
}

export function handleFixture(): Buffer {
  return randomBytes(16);
}
