/** Every rule that a client must keep, whoever registers it: those of the file, and what is there by now. */
import { Inject, Injectable } from '@nestjs/common';
import { findClientProblems } from '../bootstrap/client.rules.js';
import { type ClientDocument } from '../bootstrap/client.schema.js';
import { findOfferedUpstreamProblems } from '../bootstrap/upstream.rules.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { acceptsClientCertificates, tlsConfig, type TlsConfig } from '../config/tls.config.js';
import { ResourceStore } from '../resource/resource.store.js';
import { UpstreamStore } from '../upstream/upstream.store.js';
import { findTargetProblems } from './client.target.rules.js';

@Injectable()
export class ClientDocumentRules {
  constructor(
    private readonly resources: ResourceStore,
    private readonly upstreams: UpstreamStore,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'production'>,
    @Inject(tlsConfig.KEY) private readonly tls: TlsConfig,
  ) {}

  /**
   * A sentence for each rule that is broken.
   * @throws TemporarilyUnavailableError where a store cannot be reached
   */
  async findProblems(document: ClientDocument): Promise<readonly string[]> {
    const { production } = this.server;
    const mutualTls = acceptsClientCertificates(this.tls);
    const upstreams = await this.upstreams.findEnabled(null);
    const ids = upstreams.map(({ upstreamId }) => upstreamId);
    return [
      ...findClientProblems(document, { production, mutualTls }),
      ...(await findTargetProblems(document, this.resources)),
      ...findOfferedUpstreamProblems(document, ids),
    ];
  }
}
