/** Port: initial access tokens, and the clients that registered by them. */
import { type Client } from '../client/client.js';
import { type ClientChange, type RegisteredClient } from '../client/client.registry.js';
import { type RegistrationTerms, type RegistrationToken } from './registration.token.js';

/** Members that say something to people, and nothing to this server. */
export type ClientInformation = Readonly<Record<string, string | readonly string[]>>;

/** What is kept of a registration beside the client. */
export interface Registration {
  readonly terms: RegistrationTerms;
  readonly information: ClientInformation;
  /** SHA-256 of the registration access token. */
  readonly accessTokenSha256: Buffer;
}

/** A client, and what it registered. */
export interface FoundRegistration extends RegisteredClient {
  readonly terms: RegistrationTerms;
  readonly information: ClientInformation;
  readonly tokenId: string;
}

/** Every method throws TemporarilyUnavailableError where the store cannot be reached. */
export abstract class RegistrationStore {
  abstract issueToken(
    token: Omit<RegistrationToken, 'createdAt' | 'revokedAt'>,
    sha256: Buffer,
  ): Promise<RegistrationToken>;

  /** In the order of their ids, from the one behind `after`, ended ones included. */
  abstract listTokens(after: string | null, limit: number): Promise<readonly RegistrationToken[]>;

  /** Ends a token; bears repetition. @returns null where there is none */
  abstract revokeToken(tokenId: string): Promise<RegistrationToken | null>;

  /** @returns null for a token that is unknown, expired, revoked or used up */
  abstract findLiveToken(sha256: Buffer): Promise<RegistrationToken | null>;

  /**
   * Uses a token once and creates the client, or neither.
   * @returns null where the token has no use left by now: of any number of callers as many succeed as it allows
   */
  abstract register(
    tokenId: string,
    client: Client,
    registration: Registration,
  ): Promise<RegisteredClient | null>;

  /**
   * The registration that a registration access token is of; the one before the last change is good until
   * the newer one is first used, so that a lost answer locks nobody out.
   *
   * @returns null for every other token, and for a client that is disabled
   */
  abstract find(clientId: string, accessTokenSha256: Buffer): Promise<FoundRegistration | null>;

  /**
   * Changes client and registration in one step.
   * @param presented SHA-256 of the token that asked for it, which must still be good
   * @returns null where it is not
   */
  abstract replace(
    clientId: string,
    presented: Buffer,
    change: (client: Client) => Partial<Omit<Client, 'clientId'>>,
    registration: Omit<Registration, 'terms'>,
  ): Promise<ClientChange | null>;

  /** Ends every registration access token of a client; bears repetition. */
  abstract close(clientId: string): Promise<void>;

  /**
   * Forgets registered clients that nobody ever allowed anything, and those that took their leave.
   * @param before those that registered earlier
   * @returns their ids; at most so many
   */
  abstract purge(before: Date, limit: number): Promise<readonly string[]>;

  /** The same for clients that publish what they are; those that are disabled stay. */
  abstract purgePublished(before: Date, limit: number): Promise<readonly string[]>;
}
