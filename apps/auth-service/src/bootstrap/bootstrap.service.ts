/** Applies the bootstrap file once, before the server listens. */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccountRegistration } from '../account/account.registration.js';
import { UsernameTakenError } from '../account/account.store.js';
import { AuthorizationDetailsTypeStore } from '../authorization-details/authorization-details-type.store.js';
import { bootstrapConfig } from '../config/bootstrap.config.js';
import { StartupError } from '../config/startup.error.js';
import { type Bootstrap } from './bootstrap.file.js';
import { UpstreamRegistration } from '../upstream/upstream.registration.js';
import { BootstrapStore } from './bootstrap.store.js';

/** A file that cannot be applied keeps the server from starting. */
@Injectable()
export class BootstrapService implements OnModuleInit {
  private readonly logger = new Logger(BootstrapService.name);

  constructor(
    @Inject(bootstrapConfig.KEY) private readonly bootstrap: Bootstrap,
    private readonly store: BootstrapStore,
    private readonly registration: AccountRegistration,
    private readonly detailsTypes: AuthorizationDetailsTypeStore,
    private readonly upstreams: UpstreamRegistration,
  ) {}

  async onModuleInit(): Promise<void> {
    const { resources, clients, accounts, partners, groups, upstreams } = this.bootstrap;
    const declared = [resources, clients, accounts, partners, groups, upstreams].flat();
    if (declared.length === 0) return;
    // Before the clients, which may offer no other way to sign in.
    for (const upstream of upstreams) await this.upstreams.declare(upstream);
    // Groups before the accounts in them: nobody signs in between the two with less than is demanded.
    await this.store.apply(resources, clients, partners, groups);
    // After the resources, which they belong to; a client may name a type that is not there yet.
    await this.detailsTypes.declare(this.bootstrap.authorizationDetailsTypes);
    // One after another: whoever signs in at another replica meanwhile waits for hashes, too.
    for (const { account, password } of accounts) {
      await this.registration.declare(account, password).catch((error: unknown) => {
        if (!(error instanceof UsernameTakenError)) throw error;
        throw new StartupError(`AUTH_BOOTSTRAP_FILE: ${error.message}`, { cause: error });
      });
    }
    this.logger.log(
      `declared ${resources.length} resource(s), ${clients.length} client(s), ` +
        `${accounts.length} account(s), ${partners.length} partner(s) and ${upstreams.length} upstream(s)`,
    );
  }
}
