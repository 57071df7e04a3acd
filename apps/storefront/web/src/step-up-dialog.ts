/** Asks whether to go on where a payment needs a surer sign-in. */
import { element } from './dom.js';
import { type StepUp, stepUp } from './payment.js';

/** Shows the dialog; it leads away, or closes and leaves the order to be paid. */
export function askForStepUp(needed: StepUp, amount: string): void {
  const dialog = element(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'step-up-title' },
    element('h2', { id: 'step-up-title' }, 'One more check'),
    element(
      'p',
      {},
      `To pay ${amount} the shop needs to be surer that it is you. Confirm with your second factor; ` +
        'if you have none yet, you can set one up on the way.',
    ),
    element(
      'div',
      { class: 'actions' },
      element(
        'button',
        { class: 'button', type: 'button', click: () => stepUp(needed) },
        'Continue',
      ),
      element(
        'button',
        { class: 'button plain', type: 'button', click: () => dialog.close() },
        'Not now',
      ),
    ),
  ) as HTMLDialogElement;
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
