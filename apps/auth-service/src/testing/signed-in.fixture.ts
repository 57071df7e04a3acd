/** Sessions, grants and ID tokens of a running application, made by its own services. */
import { randomUUID } from 'node:crypto';
import { AccountStore } from '../account/account.store.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { IdTokenIssuer } from '../issuance/id-token.issuer.js';
import { SessionService } from '../session/session.service.js';
import { PASSWORD_ACR, PASSWORD_AMR } from '../authentication/acr.js';
import { type Session } from '../session/session.js';
import { ALICE } from './bootstrap.fixture.js';
import { type FakeBrowser } from './fake.browser.js';
import { type TestApplication } from './test-application.js';

/** Signs the browser in. */
export async function signIn(
  { app }: TestApplication,
  browser: FakeBrowser,
  accountId = ALICE,
): Promise<Session> {
  const account = await app.get(AccountStore, { strict: false }).find(accountId);
  const basis = { signInEpoch: account?.signInEpoch ?? 0, sid: null };
  const signedIn = { accountId, acr: PASSWORD_ACR, amr: [PASSWORD_AMR], basis };
  const session = await app
    .get(SessionService, { strict: false })
    .start(signedIn, browser.request, browser.reply);
  if (session === null) throw new Error(`account ${accountId} cannot be signed in to`);
  return session;
}

/** Records a grant of a session for a client. */
export async function grantTo(
  { app }: TestApplication,
  session: Session,
  clientId: string,
  scope: readonly string[] = ['openid'],
): Promise<Grant> {
  const { sid, accountId, authenticatedAt, acr, amr, expiresAt } = session;
  const grantId = randomUUID();
  const grant = { grantId, accountId, clientId, sid, scope, resources: [], authenticatedAt };
  const whole = { ...grant, acr, amr, expiresAt };
  await app.get(GrantService, { strict: false }).create(whole);
  return whole;
}

/** An ID token of a grant. */
export function idTokenOf({ app }: TestApplication, grant: Grant): Promise<string> {
  return app.get(IdTokenIssuer, { strict: false }).issue({ grant, nonce: null, accessToken: null });
}
