import { Controller, Get, Header, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { AuthCounters, AuthModule, formatPrometheus, Public, Scopes } from '@keyward/auth';
import { OpenTelemetryTracer } from '@keyward/auth/opentelemetry';
import { KeywardHealthIndicator } from '@keyward/auth/terminus';

const counters = new AuthCounters();

@Controller()
class OperationsController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly keyward: KeywardHealthIndicator,
  ) {}

  @Get('health')
  @Public()
  @HealthCheck()
  check() {
    return this.health.check([() => this.keyward.isHealthy()]);
  }

  @Get('metrics')
  @Scopes('metrics:read')
  @Header('Content-Type', 'text/plain; version=0.0.4')
  metrics() {
    return formatPrometheus(counters.snapshot());
  }
}

@Module({
  imports: [
    TerminusModule,
    AuthModule.forRoot({
      trusts: [{ issuer: 'https://login.example.com', audience: 'https://orders.example.com' }],
      observer: counters,
      tracer: new OpenTelemetryTracer(),
    }),
  ],
  controllers: [OperationsController],
  providers: [KeywardHealthIndicator],
})
export class ObservedModule {}
