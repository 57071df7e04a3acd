/** An interaction for tests, of which each test says what matters to it. */
import { type Interaction } from '../interaction/interaction.js';
import { authorizationRequestFixture } from './authorization-request.fixture.js';

/** An interaction that just began. */
export function interactionFixture(change: Partial<Interaction> = {}): Interaction {
  return {
    interactionId: 'i'.repeat(22),
    browserSha256: 'b'.repeat(43),
    request: authorizationRequestFixture({ state: 'ü "\\', resources: ['urn:a', 'urn:b'] }),
    createdAtMs: Date.now(),
    proof: null,
    selectedSid: null,
    consent: null,
    ...change,
  };
}
