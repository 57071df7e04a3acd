/** Registers passkeys for accounts. */
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type Account } from '../account/account.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { FactorStore, type NewFactor } from './factor.store.js';
import { userHandleOf } from './passkey.authenticator.js';
import { parseRegistration } from './passkey.response.js';
import { WebAuthnChallenges } from './webauthn.challenges.js';

/** A posted response, and whose passkey it makes. */
export interface PasskeyEnrolment extends Omit<NewFactor, 'factorId'> {
  /** As it was posted. */
  readonly response: string | null;
  /** The page that asked. */
  readonly purpose: string;
}

@Injectable()
export class PasskeyRegistration {
  private readonly logger = new Logger(PasskeyRegistration.name);

  constructor(
    private readonly factors: FactorStore,
    private readonly challenges: WebAuthnChallenges,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /** A passkey belongs to a name; browsers refuse addresses (WebAuthn section 5.1.3). */
  get isPossible(): boolean {
    return isIP(new URL(this.server.issuer).hostname.replaceAll(/[[\]]/g, '')) === 0;
  }

  /**
   * What a browser is asked: a key that can sign in by itself, and that knows its person. No
   * attestation: which make of key it is does not matter here.
   *
   * @throws TemporarilyUnavailableError where the challenge cannot be kept
   * @see WebAuthn Level 3 section 7.1
   */
  async ask(
    purpose: string,
    { accountId, username, name }: Pick<Account, 'accountId' | 'username' | 'name'>,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { hostname } = new URL(this.server.issuer);
    const known = await this.factors.findPasskeys(accountId);
    return generateRegistrationOptions({
      rpName: hostname,
      rpID: hostname,
      userID: new Uint8Array(Buffer.from(userHandleOf(accountId), 'base64url')),
      userName: username,
      userDisplayName: name ?? username,
      challenge: await this.challenges.create(purpose),
      attestationType: 'none',
      excludeCredentials: known.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: [...transports],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /**
   * @returns the id of the factor, and what having made it proves; null where it was not made
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async register(enrolment: PasskeyEnrolment): Promise<{
    readonly factorId: string;
    readonly backupEligible: boolean;
  } | null> {
    const { response, purpose, accountId, name, mostBefore, basis } = enrolment;
    const parsed = parseRegistration(response);
    if (parsed === null) return null;
    const info = await this.verify(parsed, purpose);
    if (info === null) return null;
    const { credential, credentialDeviceType } = info;
    const factorId = randomUUID();
    const backupEligible = credentialDeviceType === 'multiDevice';
    const added = await this.factors.addPasskey(
      { factorId, accountId, name, mostBefore, basis },
      {
        factorId,
        credentialId: Buffer.from(credential.id, 'base64url'),
        publicKey: Buffer.from(credential.publicKey),
        signCount: credential.counter,
        transports: credential.transports ?? [],
        backupEligible,
      },
    );
    return added ? { factorId, backupEligible } : null;
  }

  private async verify(
    response: NonNullable<ReturnType<typeof parseRegistration>>,
    purpose: string,
  ) {
    const { origin, hostname } = new URL(this.server.issuer);
    try {
      const { registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: (challenge) => this.challenges.claim(challenge, purpose),
        expectedOrigin: origin,
        expectedRPID: hostname,
        requireUserVerification: true,
      });
      return registrationInfo ?? null;
    } catch (error) {
      if (error instanceof TemporarilyUnavailableError) throw error;
      this.logger.debug(`refused a new passkey: ${String(error)}`);
      return null;
    }
  }
}
