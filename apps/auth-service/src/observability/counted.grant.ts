/** Counts what a grant type gave. */
import { type TokenResponse } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { TokenGrant } from '../token/token.grant.js';
import { type TokenRequest } from '../token/token-request.parser.js';
import { type ServerCounts } from './server.counts.js';

/** What it refuses is counted where it is answered. */
export class CountedGrant extends TokenGrant {
  readonly grantType: string;

  constructor(
    private readonly grant: TokenGrant,
    private readonly counts: ServerCounts,
  ) {
    super();
    this.grantType = grant.grantType;
  }

  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const response = await this.grant.handle(client, request);
    this.counts.issued.add(this.grantType);
    return response;
  }
}
