// Runs a WebAuthn ceremony for a form and posts what comes of it. Without it the form stays hidden.
'use strict';

const supported =
  typeof PublicKeyCredential === 'function' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';

for (const form of supported ? document.querySelectorAll('form[data-passkey]') : []) {
  const creates = form.dataset.passkey === 'create';
  const options = JSON.parse(form.dataset.options);
  const button = form.querySelector('button');
  const status = form.querySelector('[role="status"]');

  const run = async () => {
    button.disabled = true;
    status.textContent = '';
    try {
      const credential = creates
        ? await navigator.credentials.create({
            publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
          })
        : await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
          });
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      // The person changed their mind, or has no such key: browsers do not say which.
      status.textContent = form.dataset.failure;
      button.disabled = false;
    }
  };

  form.hidden = false;
  button.addEventListener('click', () => void run());
}
