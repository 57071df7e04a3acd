/** Puts an interaction under way without the authorization endpoint, for tests of its pages. */
import { randomBytes } from 'node:crypto';
import { type AuthorizationRequest } from '../authorization/authorization-request.js';
import { type Interaction } from '../interaction/interaction.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { authorizationRequestFixture } from './authorization-request.fixture.js';
import { WEB_REDIRECT_URI } from './bootstrap.fixture.js';
import { type TestApplication } from './test-application.js';
import { type TestBrowser } from './test-browser.js';

/** @returns the interaction's id; the browser, new to the server, has begun it */
export async function beginInteraction(
  server: TestApplication,
  browser: TestBrowser,
  request: Partial<AuthorizationRequest> = {},
  change: Partial<Interaction> = {},
): Promise<string> {
  const interactionId = randomBytes(16).toString('base64url');
  await interactionsOf(server).save({
    interactionId,
    ...browser.become(),
    request: authorizationRequestFixture({
      clientId: 'web',
      redirectUri: WEB_REDIRECT_URI,
      ...request,
    }),
    createdAtMs: Date.now(),
    proof: null,
    selectedSid: null,
    consent: null,
    ...change,
  });
  return interactionId;
}

/** What the pages have made of an interaction. */
export async function interactionNow(
  server: TestApplication,
  interactionId: string,
): Promise<Interaction | null> {
  return interactionsOf(server).find(interactionId);
}

function interactionsOf(server: TestApplication): InteractionStore {
  return server.app.get(InteractionStore, { strict: false });
}
