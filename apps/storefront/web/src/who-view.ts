/** Who is signed in, and the way in and out. */
import { element } from './dom.js';

/** A link: signing in is a visit, after which the browser is back here. */
export function signInLink(returnTo = '/'): HTMLElement {
  const query = new URLSearchParams({ return_to: returnTo });
  return element('a', { class: 'button', href: `/bff/login?${query.toString()}` }, 'Sign in');
}

/** A form: the redirect that answers it is for the browser alone, no script sees it. */
export function whoView(name: string): Node[] {
  return [
    element('span', { class: 'name' }, name),
    element(
      'form',
      { method: 'post', action: '/bff/logout' },
      element('button', { class: 'button plain', type: 'submit' }, 'Sign out'),
    ),
  ];
}
