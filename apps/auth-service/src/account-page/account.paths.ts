/** Where the pages stand on which people look after their own account. */

/** A page of the navigation, by its word in the templates. */
export type AccountSection = keyof typeof ACCOUNT_PATHS;

/** Each can be opened by itself, and each is where a person comes back to after signing in. */
export const ACCOUNT_PATHS = {
  profile: '/account',
  email: '/account/email',
  password: '/account/password',
  signInMethods: '/account/sign-in-methods',
  places: '/account/places',
  activity: '/account/activity',
} as const;
