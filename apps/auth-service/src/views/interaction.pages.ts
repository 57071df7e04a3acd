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
  | { readonly kind: UpstreamProblem }
  | { readonly kind: 'braked'; readonly retryAfterSeconds: number };

/** Why nobody was signed in by a provider. */
export const UPSTREAM_PROBLEMS = [
  'upstream-denied',
  'upstream-failed',
  'upstream-refused',
  'upstream-unavailable',
  'upstream-unknown',
] as const;

export type UpstreamProblem = (typeof UPSTREAM_PROBLEMS)[number];

/** A button that leads to a provider. */
export interface UpstreamForm {
  readonly name: string;
  readonly action: string;
  readonly formToken: string;
  /** Where the form's answer leads. */
  readonly issuer: string;
}

/** Someone at a provider, to be linked by the sign-in that is asked for. */
export interface LinkOnPage {
  readonly upstreamName: string;
  readonly email: string;
  /** Where the person changes their mind. */
  readonly path: string;
}

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
  /** Default: none. */
  readonly upstreams?: readonly UpstreamForm[];
  /** Whether a password is asked for. Default true. */
  readonly asksPassword?: boolean;
  /** Default: null. */
  readonly link?: LinkOnPage | null;
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

/** Asks whether an account is linked to someone at a provider. */
export interface LinkAccountPage extends InteractionPage {
  readonly account: AccountOnPage;
  readonly upstreamName: string;
  readonly email: string;
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

/** Where a client comes from that nobody here has checked. */
export interface StrangerOnPage {
  /** The host that answers for what the client is; null where it is the client's own word alone. */
  readonly host: string | null;
}

/** Asks whether a client gets what it asks for. */
export interface ConsentPage extends InteractionPage {
  /** Of a client that nobody here has checked. Default: null. */
  readonly stranger?: StrangerOnPage | null;
  readonly account: AccountOnPage;
  readonly permissions: readonly PermissionGroup[];
  /** What it asks for as data: everything that it says. */
  readonly details: readonly DescribedDetail[];
}
