/** Which members of `cnf` can be confirmed here: those that the options say how to. */
import { type AuthModuleOptions } from '../auth.options.js';
import { ClientCertificateSource } from '../client-certificate/client-certificate.source.js';
import { CertificateConfirmation } from './certificate.confirmation.js';
import { createDpopConfirmation } from './dpop.confirmation.js';
import { type ConfirmationMethod } from './sender.check.js';

/** @throws TypeError for options that are wrong */
export function confirmationMethods(
  { dpop, clientCertificates }: Pick<AuthModuleOptions, 'dpop' | 'clientCertificates'>,
  clock: () => number,
): readonly ConfirmationMethod[] {
  const methods: ConfirmationMethod[] = [];
  if (clientCertificates !== undefined) {
    methods.push(new CertificateConfirmation(new ClientCertificateSource(clientCertificates)));
  }
  if (dpop !== undefined) methods.push(createDpopConfirmation(dpop, clock));
  return methods;
}
