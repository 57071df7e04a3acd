/** People as they are answered to an administrator: never a secret, nor what one was made of. */
import { type RegisteredAccount } from '../../account/account.registry.js';
import { type Factor } from '../../factor/factor.js';
import { type PasswordInvitation } from '../../password-reset/password.invitations.js';
import { type UpstreamIdentity } from '../../upstream/upstream-identity.store.js';

/** Beside an account, what it is used by. */
export interface UserDetails {
  readonly factors: readonly Factor[];
  readonly recoveryCodesLeft: number;
  readonly providers: readonly UpstreamIdentity[];
  readonly sessions: number;
  readonly grants: number;
}

export function userJson(user: RegisteredAccount, isDeclared: boolean) {
  const { account } = user;
  return {
    account_id: account.accountId,
    username: account.username,
    name: account.name,
    given_name: account.givenName,
    family_name: account.familyName,
    picture: account.picture,
    locale: account.locale,
    zoneinfo: account.zoneinfo,
    email: account.email,
    email_verified: account.emailVerified,
    phone_number: account.phoneNumber,
    phone_number_verified: account.phoneNumberVerified,
    address: account.address,
    groups: user.groups,
    status: statusOf(user),
    source: isDeclared ? 'file' : 'api',
    has_password: user.hasPassword,
    disabled_at: account.disabledAt?.toISOString() ?? null,
    erased_at: user.erasedAt?.toISOString() ?? null,
    created_at: user.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  };
}

export function detailsJson({ factors, recoveryCodesLeft, providers, ...use }: UserDetails) {
  return {
    factors: factors.map((factor) => ({
      factor_id: factor.factorId,
      kind: factor.kind,
      created_at: factor.createdAt.toISOString(),
      last_used_at: factor.lastUsedAt?.toISOString() ?? null,
    })),
    recovery_codes_left: recoveryCodesLeft,
    providers: providers.map((provider) => ({
      issuer: provider.issuer,
      linked_at: provider.linkedAt.toISOString(),
      last_used_at: provider.lastUsedAt?.toISOString() ?? null,
    })),
    sessions: use.sessions,
    grants: use.grants,
  };
}

/** The link is in this answer and nowhere else; null where it was mailed. */
export function invitationJson({ link, expiresAt }: PasswordInvitation) {
  return { password_link: link, password_link_expires_at: expiresAt.toISOString() };
}

function statusOf({ account, erasedAt }: RegisteredAccount) {
  if (erasedAt !== null) return 'erased';
  return account.disabledAt === null ? 'enabled' : 'disabled';
}
