/** Signs people in by passkeys: asks for a signature, and decides whose it is. */
import { Inject, Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { AccountStore } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { HARDWARE_KEY_AMR, SOFTWARE_KEY_AMR, USER_PRESENCE_AMR } from '../authentication/acr.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { FactorStore, type Passkey } from './factor.store.js';
import { parseAuthentication } from './passkey.response.js';
import { WebAuthnChallenges } from './webauthn.challenges.js';

/** A posted response. */
export interface PasskeyAttempt extends RequestOrigin {
  /** As it was posted. */
  readonly response: string | null;
  /** The page that asked. */
  readonly purpose: string;
  /** Who is asked for a second factor; null where the passkey says who it is. */
  readonly accountId: string | null;
  readonly clientId: string | null;
}

/** Who holds a passkey, and what holding it proves. */
export interface PasskeyHolder {
  readonly accountId: string;
  readonly amr: readonly string[];
  /** Of the account, as it was before the signature was looked at. */
  readonly signInEpoch: number;
}

/** A rule that a response breaks; its message is the operator's. */
class RefusedPasskeyError extends Error {
  override readonly name = 'RefusedPasskeyError';

  constructor(
    message: string,
    readonly accountId?: string,
  ) {
    super(message);
  }
}

@Injectable()
export class PasskeyAuthenticator {
  constructor(
    private readonly factors: FactorStore,
    private readonly accounts: AccountStore,
    private readonly challenges: WebAuthnChallenges,
    private readonly audit: AuditTrail,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /**
   * What a browser is asked. A passkey that says by itself who it is has to know its person.
   *
   * @param passkeys of the account that is asked; null for whichever the browser has
   * @throws TemporarilyUnavailableError where the challenge cannot be kept
   * @see WebAuthn Level 3 section 7.2
   */
  async ask(
    purpose: string,
    passkeys: readonly Passkey[] | null,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: new URL(this.server.issuer).hostname,
      challenge: await this.challenges.create(purpose),
      userVerification: passkeys === null ? 'required' : 'preferred',
      allowCredentials: passkeys?.map(({ credentialId, transports }) => ({
        id: credentialId.toString('base64url'),
        transports: [...transports],
      })),
    });
  }

  /**
   * @returns null where the response proves nothing; why is audited
   * @throws TemporarilyUnavailableError where it cannot be decided
   */
  async authenticate(attempt: PasskeyAttempt): Promise<PasskeyHolder | null> {
    try {
      const holder = await this.check(attempt);
      this.record(attempt, holder.accountId, null);
      return holder;
    } catch (error) {
      if (error instanceof TemporarilyUnavailableError) throw error;
      const known = error instanceof RefusedPasskeyError ? error.accountId : undefined;
      this.record(attempt, known ?? attempt.accountId ?? undefined, messageOf(error));
      return null;
    }
  }

  private async check({ response, purpose, accountId }: PasskeyAttempt): Promise<PasskeyHolder> {
    const parsed = parseAuthentication(response);
    if (parsed === null) throw new RefusedPasskeyError('malformed');
    const passkey = await this.factors.findPasskey(Buffer.from(parsed.id, 'base64url'));
    if (passkey === null) throw new RefusedPasskeyError('unknown credential');
    if (accountId !== null && passkey.accountId !== accountId) {
      throw new RefusedPasskeyError('the credential of another account');
    }
    const owner = passkey.accountId;
    const { userHandle } = parsed.response;
    if (userHandle === undefined ? accountId === null : userHandle !== userHandleOf(owner)) {
      throw new RefusedPasskeyError('the user handle of another account', owner);
    }
    const account = await this.accounts.find(owner);
    if (account === null || account.disabledAt !== null) {
      throw new RefusedPasskeyError('account_disabled', owner);
    }
    const { origin, hostname } = new URL(this.server.issuer);
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: parsed,
      expectedChallenge: (challenge) => this.challenges.claim(challenge, purpose),
      expectedOrigin: origin,
      expectedRPID: hostname,
      credential: {
        id: parsed.id,
        publicKey: new Uint8Array(passkey.publicKey),
        // Compared in one step with its replacement, below.
        counter: 0,
      },
      requireUserVerification: accountId === null,
    });
    if (!verified) throw new RefusedPasskeyError('wrong signature', owner);
    if (!(await this.factors.usePasskey(passkey.factorId, authenticationInfo.newCounter))) {
      throw new RefusedPasskeyError('the signature counter went back: a copied key?', owner);
    }
    const key = passkey.backupEligible ? SOFTWARE_KEY_AMR : HARDWARE_KEY_AMR;
    const amr = authenticationInfo.userVerified ? [key, USER_PRESENCE_AMR] : [key];
    return { accountId: owner, amr, signInEpoch: account.signInEpoch };
  }

  private record(
    { clientId, address, correlationId }: PasskeyAttempt,
    accountId: string | undefined,
    reason: string | null,
  ): void {
    this.audit.record({
      origin: { correlationId, address },
      type: 'sign_in.passkey',
      outcome: reason === null ? 'success' : 'failure',
      ...(reason !== null && { reason }),
      ...(accountId !== undefined && { accountId }),
      ...(clientId !== null && { clientId }),
    });
  }
}

/** What a passkey keeps of its owner: nothing personal (WebAuthn section 14.6.1). */
export function userHandleOf(accountId: string): string {
  return Buffer.from(accountId.replaceAll('-', ''), 'hex').toString('base64url');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
