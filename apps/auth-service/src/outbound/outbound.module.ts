/** What leaves this server for places that others named. */
import { Logger, Module } from '@nestjs/common';
import { outboundConfig, type OutboundConfig } from '../config/outbound.config.js';
import { NameResolver, OutboundClient, SystemNameResolver } from './outbound.client.js';
import { OutboundPolicy } from './outbound.policy.js';

@Module({
  providers: [
    {
      provide: OutboundPolicy,
      inject: [outboundConfig.KEY],
      useFactory: (rules: OutboundConfig) => {
        const allowed = [...rules.allowedHosts, ...rules.allowedNetworks];
        if (allowed.length > 0) {
          new Logger(OutboundPolicy.name).log(
            `URLs of clients may lead to private addresses of ${allowed.join(', ')}`,
          );
        }
        return new OutboundPolicy(rules);
      },
    },
    { provide: NameResolver, useClass: SystemNameResolver },
    OutboundClient,
  ],
  exports: [OutboundClient, OutboundPolicy],
})
export class OutboundModule {}
