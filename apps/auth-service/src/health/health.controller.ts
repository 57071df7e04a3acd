/** Liveness and readiness, for whoever restarts this process or sends it requests. */
import {
  Controller,
  Get,
  Header,
  Inject,
  Logger,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  HealthCheckService,
  type HealthCheckResult,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { type FastifyReply } from 'fastify';
import { READINESS_CHECKS, type ReadinessCheck } from './readiness.check.js';

const CHECK_TIMEOUT_MS = 2000;

@Controller('health')
export class HealthController {
  private readonly logger = new Logger(HealthController.name);

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
  ) {}

  /** The process answers; nothing else is asked, as a restart would not bring back a database. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 503 unless every part works; the body names the parts and keeps their errors to the log. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    try {
      return await this.health.check(this.checks.map((check) => () => this.run(check)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      void reply.status(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }

  private async run(check: ReadinessCheck): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(check.name);
    const timeout = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    try {
      await Promise.race([
        check.check(),
        new Promise<never>((_, reject) => {
          timeout.addEventListener('abort', () => reject(new Error('no answer in time')));
        }),
      ]);
      return indicator.up();
    } catch (error) {
      this.logger.warn(`not ready: ${check.name}: ${String(error)}`);
      return indicator.down();
    }
  }
}
