/** Says in words what a client asks for: one group about the person, one for each resource. */
import { Injectable } from '@nestjs/common';
import { type AuthorizationRequest } from '../authorization/authorization-request.js';
import { ResourceStore } from '../resource/resource.store.js';
import { type PermissionGroup } from '../views/interaction.pages.js';

// OpenID Connect Core 1.0 sections 5.4 and 11.
const OPENID_DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ['openid', 'Know which account is yours'],
  ['profile', 'See your name and profile'],
  ['email', 'See your email address'],
  ['phone', 'See your phone number'],
  ['address', 'See your postal address'],
  ['offline_access', 'Keep this access after you sign out'],
]);

/** Describes what is asked for. */
@Injectable()
export class PermissionDescriber {
  constructor(private readonly resources: ResourceStore) {}

  /**
   * Every scope token of the request, each under the resource that it is for, and nothing else.
   * @throws TemporarilyUnavailableError where the resources cannot be read
   */
  async describe({
    scope,
    resources,
  }: Pick<AuthorizationRequest, 'scope' | 'resources'>): Promise<readonly PermissionGroup[]> {
    const forResources = scope.filter((token) => !OPENID_DESCRIPTIONS.has(token));
    const offering = (await this.resources.findOffering(forResources)).filter(({ identifier }) =>
      resources.includes(identifier),
    );
    const groups = offering.map(({ name, scopes }) =>
      group(
        name,
        forResources.filter((token) => scopes.includes(token)),
      ),
    );
    // Never asked in silence, even if its resource was taken away in the meantime.
    const others = forResources.filter(
      (token) => !offering.some(({ scopes }) => scopes.includes(token)),
    );
    const aboutYou = scope.filter((token) => OPENID_DESCRIPTIONS.has(token));
    return [group('Your account', aboutYou), ...groups, group('Other', others)].filter(
      ({ permissions }) => permissions.length > 0,
    );
  }
}

function group(name: string, tokens: readonly string[]): PermissionGroup {
  const permissions = tokens.map((scope) => ({
    scope,
    description: OPENID_DESCRIPTIONS.get(scope) ?? null,
  }));
  return { name, permissions };
}
