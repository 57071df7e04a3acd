/** Finds the client certificate of a request: in its own TLS connection, or in a trusted proxy's header. */
import { type X509Certificate } from 'node:crypto';
import {
  CertificateHeaderError,
  CLIENT_CERT_HEADER,
  parseCertificateHeader,
} from './certificate-header.js';
import { type ClientCertificate, createClientCertificate } from './client-certificate.js';
import { TrustedPeers } from './trusted-peers.js';

/** Where client certificates come from. Without a header only the connection's own counts. */
export interface ClientCertificateOptions {
  /**
   * The header in which a trusted proxy passes a certificate on: `Client-Cert` as RFC 9440 writes it,
   * any other name with percent-encoded PEM. The proxy must overwrite or remove what its client sent.
   * Default: none.
   */
  readonly header?: string;
  /**
   * The header in which it says whether the certificate's chain is trusted: `SUCCESS`, or anything
   * else. Default: none, so that the chain of a certificate from a proxy never is.
   */
  readonly verifiedHeader?: string;
  /** The proxies, as addresses or as networks such as `10.0.0.0/8`. A header needs at least one. */
  readonly trustedProxies?: readonly string[];
}

/** What a request has in Express and in Fastify, of which Node's own is under `raw`. */
export interface CertifiedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[]; readonly socket?: PeerSocket };
  readonly socket?: PeerSocket;
}

/** A connection: of TLS, it knows its peer's certificate. */
export interface PeerSocket {
  readonly remoteAddress?: string | undefined;
  readonly authorized?: boolean;
  getPeerX509Certificate?(): X509Certificate | undefined;
}

// nginx's word; other proxies can be told to write it.
const VERIFIED = 'SUCCESS';

const FIELD_NAME = /^[a-z0-9-]{1,64}$/;

// A connection proves its certificate once.
const certificates = new WeakMap<PeerSocket, ClientCertificate | null>();

/** One set of {@link ClientCertificateOptions}, asked for every request. */
export class ClientCertificateSource {
  readonly #header: string | undefined;
  readonly #verifiedHeader: string | undefined;
  readonly #proxies: TrustedPeers;
  /** What no one else may send. */
  readonly #watched: readonly string[];

  /** @throws TypeError for options that contradict each other */
  constructor({ header, verifiedHeader, trustedProxies = [] }: ClientCertificateOptions = {}) {
    this.#header = fieldName(header);
    this.#verifiedHeader = fieldName(verifiedHeader);
    this.#proxies = new TrustedPeers(trustedProxies);
    if (this.#header !== undefined && trustedProxies.length === 0) {
      throw new TypeError(`the header ${header} needs trustedProxies: anybody could send it`);
    }
    if (this.#verifiedHeader !== undefined && this.#header === undefined) {
      throw new TypeError(`the header ${verifiedHeader} is of no use without one for certificates`);
    }
    if (this.#header !== undefined && this.#header === this.#verifiedHeader) {
      throw new TypeError('certificate and verification result need a header each');
    }
    const watched = new Set([CLIENT_CERT_HEADER, this.#header, this.#verifiedHeader]);
    this.#watched = [...watched].filter((name) => name !== undefined);
  }

  /**
   * The certificate that the client of a request proved, or null. Behind a trusted proxy the
   * connection's own is the proxy's, and never counts.
   *
   * @throws CertificateHeaderError where a header with a certificate comes from anywhere else than a
   *   trusted proxy, twice, or in another form
   * @see RFC 8705 section 6.4, RFC 9440 section 4
   */
  find(request: CertifiedRequest): ClientCertificate | null {
    const socket = request.raw?.socket ?? request.socket;
    const isFromProxy = this.#header !== undefined && this.#proxies.has(socket?.remoteAddress);
    for (const name of this.#watched) {
      if (request.headers[name] !== undefined) this.#checkHeader(request, name, isFromProxy);
    }
    return isFromProxy ? this.#fromHeader(request) : fromSocket(socket);
  }

  #checkHeader(request: CertifiedRequest, name: string, isFromProxy: boolean): void {
    if (!isFromProxy || (name !== this.#header && name !== this.#verifiedHeader)) {
      throw new CertificateHeaderError(
        'certificate_header_untrusted',
        isFromProxy
          ? `the header ${name} is not the one that is configured`
          : `the header ${name} came from a peer that is no trusted proxy`,
      );
    }
    // Node joins several lines of one name: only the raw list tells a client's own from the proxy's.
    const lines = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
    const count = lines.filter((line, i) => i % 2 === 0 && line.toLowerCase() === name).length;
    if (count === 1 && typeof request.headers[name] === 'string') return;
    throw new CertificateHeaderError(
      'certificate_header_repeated',
      `the header ${name} came ${count} times: the proxy does not overwrite what clients send`,
    );
  }

  #fromHeader({ headers }: CertifiedRequest): ClientCertificate | null {
    const value = this.#header === undefined ? undefined : headers[this.#header];
    // Proxies that cannot leave a header out write an empty one where there is no certificate.
    if (this.#header === undefined || typeof value !== 'string' || value === '') return null;
    const verified = this.#verifiedHeader !== undefined && headers[this.#verifiedHeader];
    const der = parseCertificateHeader(this.#header, value);
    return createClientCertificate(der, verified === VERIFIED);
  }
}

function fromSocket(socket: PeerSocket | undefined): ClientCertificate | null {
  if (typeof socket?.getPeerX509Certificate !== 'function') return null;
  const known = certificates.get(socket);
  if (known !== undefined) return known;
  const der = socket.getPeerX509Certificate()?.raw;
  const certificate =
    der === undefined ? null : createClientCertificate(der, socket.authorized === true);
  certificates.set(socket, certificate);
  return certificate;
}

function fieldName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const lowerCase = name.toLowerCase();
  if (!FIELD_NAME.test(lowerCase)) throw new TypeError(`not the name of a header: ${name}`);
  return lowerCase;
}
