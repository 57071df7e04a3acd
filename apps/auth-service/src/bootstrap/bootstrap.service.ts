/** Applies the bootstrap file once, before the server listens. */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { bootstrapConfig } from '../config/bootstrap.config.js';
import { type Bootstrap } from './bootstrap.file.js';
import { BootstrapStore } from './bootstrap.store.js';

/** A file that cannot be applied keeps the server from starting. */
@Injectable()
export class BootstrapService implements OnModuleInit {
  private readonly logger = new Logger(BootstrapService.name);

  constructor(
    @Inject(bootstrapConfig.KEY) private readonly bootstrap: Bootstrap,
    private readonly store: BootstrapStore,
  ) {}

  async onModuleInit(): Promise<void> {
    const { resources, clients } = this.bootstrap;
    if (resources.length === 0 && clients.length === 0) return;
    await this.store.apply(resources, clients);
    this.logger.log(`declared ${resources.length} resource(s) and ${clients.length} client(s)`);
  }
}
