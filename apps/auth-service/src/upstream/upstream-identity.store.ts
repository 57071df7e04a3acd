/** Port: which account belongs to whom at an upstream provider. */
import { type AccountDeclaration } from '../account/account.store.js';

/** Someone at a provider: `sub` says something beside its `iss` alone (OpenID Connect Core section 2). */
export interface UpstreamSubject {
  readonly issuer: string;
  readonly subject: string;
}

/** A link between an account and someone at a provider. */
export interface UpstreamIdentity extends UpstreamSubject {
  /** Ours, a UUID. */
  readonly identityId: string;
  /** What the provider is called; null where it is not declared any more, or disabled. */
  readonly upstreamName: string | null;
  /** By which the owner may recognise it: an address or a name, as the provider had it at the time. */
  readonly label: string | null;
  readonly linkedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** A link to be made. */
export interface NewUpstreamIdentity extends UpstreamSubject {
  readonly accountId: string;
  readonly label: string | null;
}

/** An account to be made for someone who has none; nobody can sign in to it by password. */
export type UpstreamAccount = Omit<AccountDeclaration, 'groups'>;

/** What became of an attempt to unlink. */
export type UnlinkOutcome =
  | 'unlinked'
  /** The account has no such link, or none any more. */
  | 'unknown'
  /** Its owner could not sign in afterwards. */
  | 'lastWay';

/** Every method throws TemporarilyUnavailableError where the store cannot be reached. */
export abstract class UpstreamIdentityStore {
  /**
   * The account of someone who just proved to be them, and notes that they did.
   * @returns null where there is none
   */
  abstract recognise(subject: UpstreamSubject): Promise<string | null>;

  /**
   * The one account that is known to own an address, whatever its case; disabled ones are not found.
   * @returns null where there is none, where nobody verified the address, and where it has several
   */
  abstract findVerifiedOwner(email: string): Promise<string | null>;

  /** @returns false where somebody, this account or another one, is linked to the subject already */
  abstract link(identity: NewUpstreamIdentity): Promise<boolean>;

  /**
   * Makes an account and its link, both or neither: of any number of calls for one subject one makes it.
   * @returns the id of the account that the subject has now; null where the username is taken
   */
  abstract createAccount(
    account: UpstreamAccount,
    identity: Omit<NewUpstreamIdentity, 'accountId'>,
  ): Promise<string | null>;

  /** Those of an account, the oldest first. */
  abstract findOfAccount(accountId: string): Promise<readonly UpstreamIdentity[]>;

  /** Never takes the last way to sign in, however many calls are made at once. */
  abstract unlink(accountId: string, identityId: string): Promise<UnlinkOutcome>;
}
