import { randomUUID } from 'node:crypto';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { ALICE, BOB } from '../testing/bootstrap.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { TestAuthenticator } from '../testing/test-authenticator.js';
import { FactorStore, ROOM_FOR_ONE } from './factor.store.js';
import { PasskeyAuthenticator, userHandleOf } from './passkey.authenticator.js';
import { UNCHANGED } from '../testing/session.fixture.js';

const PURPOSE = 'sign-in one';

describe('PasskeyAuthenticator', () => {
  let server: TestApplication;
  let passkeys: PasskeyAuthenticator;
  beforeAll(async () => {
    server = await TestApplication.start();
    passkeys = server.app.get(PasskeyAuthenticator, { strict: false });
  });
  afterAll(() => server.stop());

  const factors = () => server.app.get(FactorStore, { strict: false });

  async function enrol(accountId = ALICE): Promise<TestAuthenticator> {
    const device = await TestAuthenticator.create();
    const factorId = randomUUID();
    const { credentialId, publicKey } = device;
    const known = { factorId, credentialId, publicKey, signCount: 0 };
    const added = await factors().addPasskey(
      { factorId, accountId, name: 'Key', mostBefore: ROOM_FOR_ONE, basis: UNCHANGED },
      { ...known, transports: [], backupEligible: false },
    );
    expect(added).toBe(true);
    return device;
  }

  const challengeFor = async (purpose = PURPOSE) => (await passkeys.ask(purpose, null)).challenge;

  const authenticate = (response: string | null, change: object = {}) =>
    passkeys.authenticate({
      response,
      purpose: PURPOSE,
      accountId: null,
      clientId: 'web',
      address: '192.0.2.1',
      correlationId: 'one',
      ...change,
    });

  it('takes a signature of a passkey that says whose it is', async () => {
    const device = await enrol();
    const challenge = await challengeFor();
    const response = device.sign({ challenge, userHandle: userHandleOf(ALICE) });
    expect(await authenticate(response)).toEqual({
      accountId: ALICE,
      amr: ['hwk', 'user'],
      signInEpoch: 0,
    });
  });

  it('of twenty posts of one signature takes one', async () => {
    const device = await enrol();
    const challenge = await challengeFor();
    const response = device.sign({ challenge, userHandle: userHandleOf(ALICE), counter: 0 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => authenticate(response)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await authenticate(response)).toBeNull();
  });

  it('says of a second factor that its person was there only where it knew them', async () => {
    const device = await enrol();
    const asked = { accountId: ALICE };
    const knowing = device.sign({ challenge: await challengeFor() });
    expect((await authenticate(knowing, asked))?.amr).toEqual(['hwk', 'user']);
    const touched = device.sign({ challenge: await challengeFor(), userVerified: false });
    expect((await authenticate(touched, asked))?.amr).toEqual(['hwk']);
  });

  it.each<[string, object]>([
    ['of a person that the key does not know', { userVerified: false }],
    ['without a person at the device', { userPresent: false }],
    ['at another origin', { origin: 'https://login.example.com.evil.example' }],
    ['at another port of the origin', { origin: 'https://login.example.com:8443' }],
    ['for another name', { rpId: 'example.com' }],
    ['made for a registration', { type: 'webauthn.create' }],
    ['with the user handle of another account', { userHandle: userHandleOf(BOB) }],
    ['without a user handle', { userHandle: undefined }],
    ['over other data', { tamper: true }],
  ])('refuses a signature %s', async (_, change) => {
    const device = await enrol();
    const good = { challenge: await challengeFor(), userHandle: userHandleOf(ALICE) };
    expect(await authenticate(device.sign({ ...good, ...change }))).toBeNull();
    const again = { challenge: await challengeFor(), userHandle: userHandleOf(ALICE) };
    expect(await authenticate(device.sign(again))).not.toBeNull();
  });

  it('refuses a challenge of another interaction, and one that was never made', async () => {
    const device = await enrol();
    const userHandle = userHandleOf(ALICE);
    const foreign = await challengeFor('sign-in two');
    expect(await authenticate(device.sign({ challenge: foreign, userHandle }))).toBeNull();
    const invented = Buffer.alloc(32, 1).toString('base64url');
    expect(await authenticate(device.sign({ challenge: invented, userHandle }))).toBeNull();
  });

  it("refuses another account's passkey as a second factor", async () => {
    const device = await enrol(BOB);
    const response = device.sign({ challenge: await challengeFor() });
    expect(await authenticate(response, { accountId: ALICE })).toBeNull();
  });

  it('refuses a passkey whose counter went back or stood still', async () => {
    const device = await enrol();
    const userHandle = userHandleOf(ALICE);
    const sign = async (counter: number) =>
      authenticate(device.sign({ challenge: await challengeFor(), userHandle, counter }));
    expect(await sign(7)).not.toBeNull();
    expect(await sign(7)).toBeNull();
    expect(await sign(6)).toBeNull();
    expect(await sign(0)).toBeNull();
    expect(await sign(8)).not.toBeNull();
  });

  it.each([null, '', '{}', '[]', 'x'.repeat(20_000), '{"id":"../","type":"public-key"}'])(
    'refuses %j',
    async (response) => {
      expect(await authenticate(response)).toBeNull();
    },
  );

  it('refuses a passkey that nobody has, and one of an account that was disabled', async () => {
    const stranger = await TestAuthenticator.create();
    const userHandle = userHandleOf(BOB);
    const challenge = await challengeFor();
    expect(await authenticate(stranger.sign({ challenge, userHandle }))).toBeNull();

    const device = await enrol(BOB);
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query('UPDATE account SET disabled_at = now() WHERE account_id = $1', [BOB]);
    const response = device.sign({ challenge: await challengeFor(), userHandle });
    expect(await authenticate(response)).toBeNull();
  });
});
