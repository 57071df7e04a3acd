/** Registers resources and changes them: every rule asked, every change audited. */
import { Inject, Injectable } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Bootstrap } from '../bootstrap/bootstrap.file.js';
import { type ResourceDocument } from '../bootstrap/bootstrap.schema.js';
import { declareResource, resourceDocumentOf } from '../bootstrap/declared.resource.js';
import { findResourceProblems } from '../bootstrap/resource.rules.js';
import { ClientConflictError } from '../client-registration/client-conflict.error.js';
import { type Administrator } from '../client-registration/client.registrar.js';
import { bootstrapConfig } from '../config/bootstrap.config.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { errorDescription } from '../http/error.description.js';
import { ResourceRegistry } from '../resource/resource.registry.js';

@Injectable()
export class ResourceRegistrar {
  private readonly declared: ReadonlySet<string>;

  constructor(
    private readonly registry: ResourceRegistry,
    private readonly audit: AuditTrail,
    @Inject(bootstrapConfig.KEY) { resources }: Pick<Bootstrap, 'resources'>,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer' | 'production'>,
  ) {
    this.declared = new Set(resources.map(({ identifier }) => identifier));
  }

  /** Whether the bootstrap file says what it is, at each start. */
  isDeclared(identifier: string): boolean {
    return this.declared.has(identifier);
  }

  /**
   * Makes a resource what the document says. Bears repetition: what is so already is not audited again.
   *
   * @throws InvalidRequestError naming every problem
   * @throws ClientConflictError for a resource of the bootstrap file, or of the server itself
   * @throws TemporarilyUnavailableError where the record cannot be reached
   */
  async put(document: ResourceDocument, { by, origin }: Administrator): Promise<ResourceDocument> {
    const { identifier } = document;
    const { issuer, production } = this.server;
    if (this.isDeclared(identifier)) {
      throw new ClientConflictError('the bootstrap file declares this resource: change it there');
    }
    // Tokens for what the server answers itself are for whoever starts it to give out.
    if (identifier === issuer || identifier.startsWith(`${issuer}/`)) {
      throw new ClientConflictError('a resource of the server itself is declared in its file');
    }
    const problems = findResourceProblems(document, production);
    if (problems.length > 0) throw new InvalidRequestError(errorDescription(problems));
    const { before, after } = await this.registry.put(declareResource(document));
    const was = before === null ? null : JSON.stringify(resourceDocumentOf(before));
    const is = JSON.stringify(resourceDocumentOf(after));
    if (was !== is) {
      this.audit.record({
        origin,
        type: was === null ? 'resource.registered' : 'resource.changed',
        outcome: 'success',
        detail: { by, ...(was !== null && { before: was }), after: is },
      });
    }
    return resourceDocumentOf(after);
  }
}
