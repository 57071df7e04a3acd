/** Port: the partners on the trust list. */
import { type Partner } from './partner.js';

/** Reads declared partners. */
export abstract class PartnerStore {
  /**
   * The partner of this issuer, disabled ones included: whoever asks decides what that means.
   *
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(issuer: string): Promise<Partner | null>;
}
