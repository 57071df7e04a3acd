/** The control: nothing goes wrong, so everything is answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault } from './fault.js';

export const calm: Fault = {
  name: 'calm',
  what: 'nothing, for 3 s: the control',
  promise: 'every request is answered well',
  inflict: () => sleep(3000),
};
