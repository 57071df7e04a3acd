/** The section of storefront in docs/configuration.md: every variable, from the schema that checks them. */
import { configurationSection, defaultsOf } from '@keyward/configuration';
import { VARIABLE_DESCRIPTIONS } from './variable.descriptions.js';
import { STOREFRONT_VARIABLES } from './storefront.variables.js';

/** The whole text, as prettier would have it. */
export function configurationDocument(): string {
  const variables = Object.entries(VARIABLE_DESCRIPTIONS);
  return configurationSection('storefront', [{ variables }], defaultsOf(STOREFRONT_VARIABLES));
}
