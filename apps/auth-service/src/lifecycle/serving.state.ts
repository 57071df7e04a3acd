/** Whether this process wants requests: the one thing that readiness and shutdown both know. */
import { Injectable } from '@nestjs/common';

/** Wants requests from its start until it is told to drain; there is no way back. */
@Injectable()
export class ServingState {
  #draining = false;

  /** Whether requests should go elsewhere; those that come are answered all the same. */
  get isDraining(): boolean {
    return this.#draining;
  }

  drain(): void {
    this.#draining = true;
  }
}
