/** Enrols authenticator applications: a secret is shown, and counts once a code proves that it arrived. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyEncryption } from '../keys/key-encryption.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { FactorStore, type NewFactor, type TotpSecret } from './factor.store.js';
import { findStep, SECRET_BYTES } from './totp.js';

/** How long a person may take to scan a code. */
export const ENROLMENT_SECONDS = 600;

/** An enrolment under way. */
export interface TotpEnrolment {
  /** 128 random bits; worth nothing for another account. */
  readonly enrolmentId: string;
  /** To be shown to its owner, and to nobody else. */
  readonly secret: Buffer;
}

const ID_BYTES = 16;

@Injectable()
export class TotpEnrolments {
  constructor(
    private readonly singleUse: SingleUseStore,
    private readonly factors: FactorStore,
    private readonly encryption: KeyEncryption,
  ) {}

  /** @throws TemporarilyUnavailableError where it cannot be kept */
  async begin(accountId: string): Promise<TotpEnrolment> {
    const enrolmentId = randomBytes(ID_BYTES).toString('base64url');
    const secret = randomBytes(SECRET_BYTES);
    const entry = { value: secret.toString('base64url'), binding: accountId };
    await this.singleUse.put(keyOf(accountId, enrolmentId), entry, ENROLMENT_SECONDS);
    return { enrolmentId, secret };
  }

  /**
   * The same enrolment again, for a page that is shown again.
   * @returns null where it is over
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(accountId: string, enrolmentId: string): Promise<TotpEnrolment | null> {
    const value = await this.singleUse.peek(keyOf(accountId, enrolmentId));
    return value === null ? null : { enrolmentId, secret: Buffer.from(value, 'base64url') };
  }

  /**
   * @param typed the code that the application shows
   * @returns the id of the factor; null for a wrong code, after which the enrolment goes on, and where
   *   it is over, the account has too many factors, or was taken from its owner's hands
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async confirm(
    enrolment: Pick<TotpEnrolment, 'enrolmentId'> & Omit<NewFactor, 'factorId'>,
    typed: string,
  ): Promise<string | null> {
    const { accountId, enrolmentId, name, mostBefore, basis } = enrolment;
    const begun = await this.find(accountId, enrolmentId);
    const step = begun === null ? null : findStep(begun.secret, typed, Date.now());
    if (begun === null || step === null) return null;
    const factorId = randomUUID();
    const encrypted = await this.encrypt(factorId, begun.secret);
    // A double click is one factor.
    const claim = await this.singleUse.claim(keyOf(accountId, enrolmentId), accountId);
    if (claim.outcome !== 'claimed') return null;
    const added = await this.factors.addTotp(
      { factorId, accountId, name, mostBefore, basis },
      encrypted,
      step,
    );
    return added ? factorId : null;
  }

  private async encrypt(factorId: string, secret: Buffer): Promise<TotpSecret> {
    const keyVersion = this.encryption.currentVersion;
    const encrypted = await this.encryption.encrypt(secret, totpContext(factorId));
    return { factorId, secret: encrypted, keyVersion };
  }
}

/** What a secret is encrypted as: one that was moved to another row is none. */
export function totpContext(factorId: string): string {
  return `the secret of factor ${factorId}`;
}

function keyOf(accountId: string, enrolmentId: string): string {
  return `totp-enrolment:${accountId}:${enrolmentId}`;
}
