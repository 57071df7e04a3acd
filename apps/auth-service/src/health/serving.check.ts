/** Not ready once the process is about to end, so that proxies send requests elsewhere. */
import { Injectable } from '@nestjs/common';
import { ServingState } from '../lifecycle/serving.state.js';
import { ReadinessCheck } from './readiness.check.js';

@Injectable()
export class ServingCheck extends ReadinessCheck {
  readonly name = 'serving';

  constructor(private readonly state: ServingState) {
    super();
  }

  async check(): Promise<void> {
    if (this.state.isDraining) throw new Error('this process is about to end');
  }
}
