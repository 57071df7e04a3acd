/** What a team says of its resource server to clients, and where that is found (RFC 9728). */
import { checkKeyUrl } from '../jwks/issuer-url.js';

/** What the protected-resource metadata says beyond what the trusts and the decorators do. */
export interface ProtectedResourceOptions {
  /**
   * The resource's identifier: the URL that clients send as `resource` and find in `aud`. Its origin
   * and path say where the metadata is; the Host header never does.
   * @see RFC 9728 section 1.2
   */
  readonly resource: string;
  /** For people, in a consent page for instance. */
  readonly name?: string;
  /** Page for developers. */
  readonly documentation?: string;
  /** Page that says how the data may be used. */
  readonly policyUri?: string;
  /** Page with the terms of service. */
  readonly termsOfServiceUri?: string;
  /** Where the resource's own public keys are, for what it signs itself. */
  readonly jwksUri?: string;
  /** Scopes of handlers that are not to be advertised. Default none. */
  readonly hiddenScopes?: readonly string[];
  /** How long clients may keep the document, in seconds. Default 3600. */
  readonly maxAgeSeconds?: number;
  /** INSECURE: name a resource with plain http on another host than this one. Default false. */
  readonly insecureHttp?: boolean;
}

/** Well-known URI suffix of protected-resource metadata (RFC 9728 section 3). */
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

// Anything else in a path would be a pattern to Express or to Fastify.
const PLAIN_PATH = /^[A-Za-z0-9\-._~%/]*$/;

/**
 * The URL of a resource's metadata: the well-known part stands between host and path.
 *
 * @throws TypeError for a resource that is no https URL (http to loopback aside), or has a query, a
 *   fragment, or a path that cannot be served
 * @see RFC 9728 sections 1.2 and 3.1
 */
export function protectedResourceMetadataUri({
  resource,
  insecureHttp = false,
}: ProtectedResourceOptions): string {
  const url = new URL(checkKeyUrl(resource, insecureHttp));
  if (resource.includes('?') || resource.includes('#')) {
    throw new TypeError(`protectedResource: ${resource} has a query or a fragment`);
  }
  if (!PLAIN_PATH.test(url.pathname)) {
    throw new TypeError(`protectedResource: the path of ${resource} cannot be served`);
  }
  return `${url.origin}${WELL_KNOWN}${url.pathname === '/' ? '' : url.pathname}`;
}

/** What every challenge carries as `resource_metadata`; undefined where there is none. */
export function resourceMetadataUri(options: {
  readonly resourceMetadata?: string;
  readonly protectedResource?: ProtectedResourceOptions;
}): string | undefined {
  if (options.resourceMetadata !== undefined) return options.resourceMetadata;
  return options.protectedResource && protectedResourceMetadataUri(options.protectedResource);
}
