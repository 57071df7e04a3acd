/** Serves what clients need to know of this resource server under its well-known path (RFC 9728). */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { scopesOf } from '../access/access-policy.js';
import { HandlerInventory } from '../access/handler-inventory.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { DPOP_ALGORITHMS } from '../sender-constraint/dpop-proof.verifier.js';
import {
  protectedResourceMetadataUri,
  type ProtectedResourceOptions,
} from './protected-resource.options.js';

/** The document, as far as Keyward writes it (RFC 9728 section 2). */
export interface ProtectedResourceDocument {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly jwks_uri?: string;
  readonly resource_name?: string;
  readonly resource_documentation?: string;
  readonly resource_policy_uri?: string;
  readonly resource_tos_uri?: string;
  readonly dpop_signing_alg_values_supported?: readonly string[];
}

/** What a request has on every platform. */
interface ConditionalRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const DEFAULT_MAX_AGE_SECONDS = 3600;

/** Written once from options and decorators; nothing in it comes from a request. */
@Injectable()
export class ProtectedResourceMetadata {
  #written: { readonly body: string; readonly etag: string } | undefined;

  constructor(
    private readonly inventory: HandlerInventory,
    private readonly adapterHost: HttpAdapterHost,
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
  ) {}

  /**
   * Adds the route, where there is metadata to serve and a server to serve it. A route of the
   * platform rather than of a controller: the well-known path knows no global prefix, no version and
   * no guard.
   *
   * @throws TypeError for a resource that cannot be served
   */
  serve(): void {
    const { protectedResource } = this.options;
    if (protectedResource === undefined) return;
    const { pathname } = new URL(protectedResourceMetadataUri(protectedResource));
    // Absent in an application without HTTP.
    const { httpAdapter } = this.adapterHost;
    httpAdapter?.get(pathname, (request: ConditionalRequest, response: unknown) =>
      this.#answer(request, response, protectedResource),
    );
  }

  /** The document of these options. */
  describe(resource: ProtectedResourceOptions): ProtectedResourceDocument {
    const { hiddenScopes = [] } = resource;
    const asked = this.inventory.handlers().flatMap(({ policy }) => scopesOf(policy));
    const scopes = [...new Set(asked)].filter((scope) => !hiddenScopes.includes(scope)).sort();
    return {
      resource: resource.resource,
      authorization_servers: this.options.trusts.map(({ issuer }) => issuer),
      // A list without members is left out (section 3.2).
      scopes_supported: scopes.length === 0 ? undefined : scopes,
      bearer_methods_supported: ['header'],
      jwks_uri: resource.jwksUri,
      resource_name: resource.name,
      resource_documentation: resource.documentation,
      resource_policy_uri: resource.policyUri,
      resource_tos_uri: resource.termsOfServiceUri,
      dpop_signing_alg_values_supported: this.options.dpop && DPOP_ALGORITHMS,
    };
  }

  #answer(
    { headers }: ConditionalRequest,
    response: unknown,
    resource: ProtectedResourceOptions,
  ): void {
    const { body, etag } = (this.#written ??= this.#write(resource));
    const { httpAdapter } = this.adapterHost;
    const maxAge = resource.maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS;
    httpAdapter.setHeader(response, 'Cache-Control', `public, max-age=${maxAge}`);
    httpAdapter.setHeader(response, 'ETag', etag);
    // Public, and read by clients that are pages of other origins.
    httpAdapter.setHeader(response, 'Access-Control-Allow-Origin', '*');
    if (isKnown(headers['if-none-match'], etag)) {
      httpAdapter.reply(response, undefined, 304);
      return;
    }
    httpAdapter.setHeader(response, 'Content-Type', 'application/json');
    httpAdapter.reply(response, body, 200);
  }

  #write(resource: ProtectedResourceOptions) {
    const body = JSON.stringify(this.describe(resource));
    return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
  }
}

/** @see RFC 9110 section 13.1.2: compared weakly */
function isKnown(condition: string | readonly string[] | undefined, etag: string): boolean {
  return String(condition ?? '')
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === etag || each === '*');
}
