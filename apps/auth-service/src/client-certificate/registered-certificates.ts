/** The certificates that a client of `self_signed_tls_client_auth` registered (RFC 8705 section 2.2.2). */
import { Injectable } from '@nestjs/common';
import { DocumentUnavailableError, fetchJsonDocument } from '@keyward/auth';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { OutboundClient } from '../outbound/outbound.client.js';
import { thumbprintsOf } from './certificate.set.js';

const FETCH_LIMITS = { timeoutMs: 5000, maxBytes: 262_144 } as const;

/** How long a fetched set is taken as it is, and, while its URI is down, at most. */
const FRESH_MS = 300_000;
const STALE_MS = 3_600_000;

/** How often a set is fetched again for a certificate that is not in it: the client may have a new one. */
const COOLDOWN_MS = 30_000;

interface FetchedSet {
  readonly uri: string;
  readonly thumbprints: ReadonlySet<string>;
  readonly fetchedAtMs: number;
}

@Injectable()
export class RegisteredCertificates {
  private readonly fetched = new Map<string, FetchedSet>();
  private readonly triedAtMs = new Map<string, number>();
  private readonly underWay = new Map<string, Promise<FetchedSet>>();

  constructor(private readonly outbound: OutboundClient) {}

  /**
   * Whether the client registered this very certificate, by the thumbprint of it.
   * @throws TemporarilyUnavailableError where the client's set cannot be fetched
   */
  async has({ clientId, jwks, jwksUri }: Client, thumbprint: string): Promise<boolean> {
    if (jwks !== null) return thumbprintsOf(jwks).has(thumbprint);
    if (jwksUri === null) return false;
    const now = Date.now();
    const known = this.fetched.get(clientId);
    const isKnown = known?.uri === jwksUri;
    const age = isKnown ? now - known.fetchedAtMs : Infinity;
    if (isKnown && age < FRESH_MS) {
      if (known.thumbprints.has(thumbprint)) return true;
      if (now - (this.triedAtMs.get(clientId) ?? 0) < COOLDOWN_MS) return false;
    }
    try {
      return (await this.fetchOnce(clientId, jwksUri)).thumbprints.has(thumbprint);
    } catch (error) {
      if (!(error instanceof DocumentUnavailableError)) throw error;
      if (isKnown && age < STALE_MS && known.thumbprints.has(thumbprint)) return true;
      throw new TemporarilyUnavailableError(
        'the keys of the client cannot be fetched',
        `the certificates of ${clientId}: ${error.message}`,
        undefined,
        { cause: error },
      );
    }
  }

  private fetchOnce(clientId: string, uri: string): Promise<FetchedSet> {
    const running = this.underWay.get(clientId);
    if (running !== undefined) return running;
    this.triedAtMs.set(clientId, Date.now());
    const fetching = this.fetch(clientId, uri).finally(() => this.underWay.delete(clientId));
    this.underWay.set(clientId, fetching);
    return fetching;
  }

  private async fetch(clientId: string, uri: string): Promise<FetchedSet> {
    const { fetch } = this.outbound;
    const { body } = await fetchJsonDocument(uri, { ...FETCH_LIMITS, noCache: true, fetch });
    const keys = Array.isArray(body['keys']) ? (body['keys'] as unknown[]) : [];
    const set = { uri, thumbprints: thumbprintsOf({ keys }), fetchedAtMs: Date.now() };
    this.fetched.set(clientId, set);
    return set;
  }
}
