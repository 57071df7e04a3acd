/** What the pages of an interaction show. */
import { type DescribedDetail } from '../authorization-details/authorization-details.describer.js';
import { type Client } from '../client/client.js';

/** What every page of an interaction has. */
export interface InteractionPage {
  readonly client: Pick<Client, 'name' | 'logoUri'>;
  /** Where the form posts. */
  readonly action: string;
  /** Goes back with the form as `form_token`. */
  readonly formToken: string;
  /** Where the person may be sent in the end. */
  readonly redirectUri: string;
}

/** Why the sign-in page is shown again. The template has the words. */
export type SignInProblem =
  | { readonly kind: 'refused' }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'passkey' }
  | { readonly kind: 'braked'; readonly retryAfterSeconds: number };

/** A form that a script of ours fills by a passkey; hidden where the browser knows none. */
export interface PasskeyForm {
  readonly ceremony: 'get' | 'create';
  /** JSON of WebAuthn's options. */
  readonly options: string;
  readonly action: string;
  /** Of this form. */
  readonly formToken: string;
}

/** Asks for username and password. */
export interface SignInPage extends InteractionPage {
  readonly username: string | null;
  /** Nobody else may sign in. */
  readonly usernameFixed: boolean;
  readonly passkey: PasskeyForm | null;
  /** Null, the default, where no mail can be sent. */
  readonly forgotPasswordPath?: string | null;
  readonly problem: SignInProblem | null;
}

/** An account, as its owner knows it. */
export interface AccountOnPage {
  readonly name: string | null;
  readonly username: string;
}

/** Asks with which account to go on. */
export interface SelectAccountPage extends InteractionPage {
  readonly account: AccountOnPage;
}

/** What a client asks for at one place. */
export interface PermissionGroup {
  readonly name: string;
  readonly permissions: readonly {
    readonly scope: string;
    /** Null where nobody described it: the scope token is shown then. */
    readonly description: string | null;
  }[];
}

/** Asks whether a client gets what it asks for. */
export interface ConsentPage extends InteractionPage {
  readonly account: AccountOnPage;
  readonly permissions: readonly PermissionGroup[];
  /** What it asks for as data: everything that it says. */
  readonly details: readonly DescribedDetail[];
}
