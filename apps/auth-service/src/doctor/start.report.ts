/** Says in the log, once at the start, what the doctor would say about this configuration. */
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { doctorConfig } from '../config/doctor.config.js';
import { type Deployment, diagnose } from './diagnosis.js';
import { OFFLINE_RULES } from './offline.rules.js';

/** Errors and warnings alone: notes are for who asks. It refuses nothing, production does that by itself. */
@Injectable()
export class StartReport implements OnApplicationBootstrap {
  private readonly logger = new Logger('Doctor');

  constructor(@Inject(doctorConfig.KEY) private readonly deployment: Deployment) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const one of await diagnose(this.deployment, OFFLINE_RULES)) {
      const line = `${one.rule} (${one.clause}): ${one.finding}. ${one.remedy}`;
      if (one.severity === 'error') this.logger.error(line);
      else if (one.severity === 'warning') this.logger.warn(line);
    }
  }
}
