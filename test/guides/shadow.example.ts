import { Module } from '@nestjs/common';
import { AuthModule, keycloak } from '@keyward/auth';

const audience = 'https://orders.example.com';
const old = keycloak('https://old.example.com/realms/shop', { audience });

@Module({
  imports: [
    AuthModule.forRoot({
      trusts: [old],
      shadow: {
        trusts: [old, { issuer: 'https://login.example.com', audience }],
        sampleRate: 0.1,
      },
    }),
  ],
})
export class AppModule {}
