/** What a device asks for, while it waits for a person. */
import { type AuthorizationRequest } from '../authorization/authorization-request.js';

/** What of a device's request is the same as in any other; each member is vouched for by its check. */
export type CheckedDeviceRequest = Pick<
  AuthorizationRequest,
  | 'clientId'
  | 'scope'
  | 'resources'
  | 'authorizationDetails'
  | 'acrValues'
  | 'maxAgeSeconds'
  | 'dpopJkt'
>;

/** JSON as it stands, so that it can wait in hot state. */
export interface DeviceRequest extends CheckedDeviceRequest {
  /** Without its dash; the person compares it with what the device shows. */
  readonly userCode: string;
  /** Where the request came from, for the person to judge. */
  readonly address: string;
  /** Milliseconds since the epoch; a sign-in after it satisfies any `max_age`. */
  readonly createdAtMs: number;
}
