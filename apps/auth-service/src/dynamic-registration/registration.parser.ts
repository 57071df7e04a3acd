/** Reads a registration request: its form, and every URI in it. */
import { Inject, Injectable } from '@nestjs/common';
import {
  InvalidClientMetadataError,
  InvalidRedirectUriError,
  UnapprovedSoftwareStatementError,
} from '@keyward/oauth';
import { z } from 'zod';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { errorDescription } from '../http/error.description.js';
import { parseJson } from '../http/json.body.js';
import { OutboundPolicy } from '../outbound/outbound.policy.js';
import { applicationTypeOf } from './registration.document.js';
import {
  INFORMATION_MEMBERS,
  type RegistrationMetadata,
  registrationMetadataSchema,
} from './registration-metadata.schema.js';
import { type ClientInformation } from './registration.store.js';
import { findRedirectUriProblems, findUriProblems } from './registration.uri.rules.js';

/** What a client said of itself, and what it said when it changes. */
export interface RegistrationRequest {
  readonly metadata: RegistrationMetadata;
  readonly information: ClientInformation;
  /** The whole of what was sent, for members that only a change has. */
  readonly sent: Readonly<Record<string, unknown>>;
}

@Injectable()
export class RegistrationParser {
  constructor(
    private readonly policy: OutboundPolicy,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'production'>,
  ) {}

  /**
   * @throws InvalidRequestError for a body that is no JSON object
   * @throws InvalidRedirectUriError, UnapprovedSoftwareStatementError, InvalidClientMetadataError
   * @see RFC 7591 section 3.2.2
   */
  parse(body: unknown): RegistrationRequest {
    const sent = withoutNulls(parseJson(z.looseObject({}), body));
    const result = registrationMetadataSchema.safeParse(sent);
    if (!result.success) throw refusalOf(result.error.issues);
    const metadata = result.data;
    // A statement counts before what the client says; whose there could be is not configured.
    if (metadata.software_statement !== undefined) {
      throw new UnapprovedSoftwareStatementError(
        'no issuer of software statements is trusted here',
      );
    }
    this.checkRedirectUris(metadata);
    const problems = findUriProblems(sent, this.server.production, this.policy);
    if (problems.length > 0) throw new InvalidClientMetadataError(errorDescription(problems));
    return { metadata, information: informationOf(metadata), sent };
  }

  private checkRedirectUris(metadata: RegistrationMetadata): void {
    const { production } = this.server;
    const { redirect_uris: uris, application_type, post_logout_redirect_uris = [] } = metadata;
    const type = application_type ?? applicationTypeOf(uris);
    const problems = [
      ...findRedirectUriProblems('redirect_uris', uris, type, production),
      ...findRedirectUriProblems(
        'post_logout_redirect_uris',
        post_logout_redirect_uris,
        type,
        production,
      ),
    ];
    if (problems.length > 0) throw new InvalidRedirectUriError(errorDescription(problems));
  }
}

function withoutNulls(body: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function refusalOf(issues: readonly z.core.$ZodIssue[]) {
  const description = errorDescription(
    issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`),
  );
  return issues.some(({ path }) => path[0] === 'redirect_uris')
    ? new InvalidRedirectUriError(description)
    : new InvalidClientMetadataError(description);
}

function informationOf(metadata: RegistrationMetadata): ClientInformation {
  return Object.fromEntries(
    INFORMATION_MEMBERS.flatMap((name) => {
      const value = metadata[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
