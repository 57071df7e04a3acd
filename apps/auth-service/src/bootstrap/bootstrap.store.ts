/** Port: applies a deployment's declared clients, resources, partners and groups. */
import { type Acr } from '../authentication/acr.js';
import { type Client } from '../client/client.js';
import { type Partner } from '../partner/partner.js';
import { type Resource } from '../resource/resource.js';

/**
 * A client as a bootstrap file declares it; whether it is disabled is not the file's business, nor is a
 * secret that it does not name any more.
 */
export type DeclaredClient = Omit<
  Client,
  'disabledAt' | 'previousSecretSha256' | 'previousSecretUntil' | 'source'
>;

/** A partner as a bootstrap file declares it: the file may end the trust, and never renews it. */
export type DeclaredPartner = Omit<Partner, 'disabledAt'> & { readonly disabled: boolean };

/** A group of accounts, and how sure each of them has to be when they sign in. */
export interface DeclaredGroup {
  readonly name: string;
  readonly requiredAcr: Acr;
}

/** Writes declared clients, resources, partners and groups. */
export abstract class BootstrapStore {
  /**
   * Creates or updates all of them in one transaction: all or nothing, and the same call again
   * changes nothing. Replicas that boot together take turns. What is not declared stays as it is,
   * and whoever is disabled stays disabled.
   *
   * @throws StartupError where the id of a partner is that of another issuer
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract apply(
    resources: readonly Resource[],
    clients: readonly DeclaredClient[],
    partners?: readonly DeclaredPartner[],
    groups?: readonly DeclaredGroup[],
  ): Promise<void>;
}
