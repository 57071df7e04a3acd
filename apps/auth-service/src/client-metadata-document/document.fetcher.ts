/** Fetches documents of clients: one request a document, few at a time, few of them to one host. */
import { Injectable } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { isOutboundError, OutboundClient } from '../outbound/outbound.client.js';
import { ClientDocumentError } from './client-document.error.js';
import { freshSeconds } from './document.freshness.js';

/** As the draft recommends. */
export const MAX_DOCUMENT_BYTES = 5 * 1024;

const TIMEOUT_MS = 5000;

/** At once, of this process; and to one host, so that a slow one holds nobody else up. */
const MAX_FETCHES = 32;
export const MAX_FETCHES_OF_HOST = 4;

// `application/json`, or more specific: `application/<as-defined>+json`.
const JSON_TYPE = /^application\/(?:[a-z0-9][a-z0-9!#$&^_.-]*\+)?json *(?:;|$)/i;

/** A document as it came. */
export interface FetchedDocument {
  readonly body: Buffer;
  readonly freshSeconds: number;
}

@Injectable()
export class DocumentFetcher {
  private readonly underWay = new Map<string, number>();

  constructor(private readonly outbound: OutboundClient) {}

  /**
   * Nothing is remembered, neither a document nor that there is none.
   *
   * @throws ClientDocumentError for every other answer than a document
   * @throws TemporarilyUnavailableError where too many are fetched already
   * @see draft-ietf-oauth-client-id-metadata-document-01 sections 4, 6.5 and 6.6
   */
  async fetch(clientId: string): Promise<FetchedDocument> {
    const { host } = new URL(clientId);
    const ofHost = this.underWay.get(host) ?? 0;
    const all = [...this.underWay.values()].reduce((sum, count) => sum + count, 0);
    if (ofHost >= MAX_FETCHES_OF_HOST || all >= MAX_FETCHES) {
      throw new TemporarilyUnavailableError(
        'too many clients are looked up',
        `${all} documents are being fetched, ${ofHost} of them from ${host}`,
      );
    }
    this.underWay.set(host, ofHost + 1);
    try {
      return await this.ask(clientId);
    } finally {
      const left = (this.underWay.get(host) ?? 1) - 1;
      if (left > 0) this.underWay.set(host, left);
      else this.underWay.delete(host);
    }
  }

  private async ask(clientId: string): Promise<FetchedDocument> {
    try {
      const { status, headers, body } = await this.outbound.send(clientId, {
        headers: { accept: 'application/json' },
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_DOCUMENT_BYTES,
      });
      // A redirect is an error like every other: nobody is followed.
      if (status !== 200) throw new ClientDocumentError(`the answer is ${status}`);
      if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
        throw new ClientDocumentError('the answer is not of a JSON type');
      }
      return { body, freshSeconds: freshSeconds(headers, Date.now()) };
    } catch (error) {
      if (isOutboundError(error)) throw new ClientDocumentError(error.message, { cause: error });
      throw error;
    }
  }
}
