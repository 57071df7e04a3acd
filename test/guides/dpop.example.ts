import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule, RedisProofReplayStore, Scopes } from '@keyward/auth';
import { createClient } from 'redis';

@Controller('orders')
class OrdersController {
  @Get()
  @Scopes('orders:read')
  list() {
    return [];
  }
}

@Module({
  imports: [
    AuthModule.forRootAsync({
      useFactory: async () => {
        const client = createClient({ url: process.env['REDIS_URL'] });
        client.on('error', () => undefined);
        await client.connect();
        return {
          trusts: [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }],
          dpop: {
            publicUrl: 'https://orders.example.com',
            replays: new RedisProofReplayStore({ client, keyPrefix: 'orders:dpop:' }),
          },
        };
      },
    }),
  ],
  controllers: [OrdersController],
})
export class OrdersModule {}
