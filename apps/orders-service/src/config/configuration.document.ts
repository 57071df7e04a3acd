/** The section of orders-service in docs/configuration.md: every variable, from the schema that checks them. */
import { configurationSection, defaultsOf } from '@keyward/configuration';
import { VARIABLE_DESCRIPTIONS } from './variable.descriptions.js';
import { ORDERS_VARIABLES } from './orders.variables.js';

/** The whole text, as prettier would have it. */
export function configurationDocument(): string {
  const variables = Object.entries(VARIABLE_DESCRIPTIONS);
  return configurationSection('orders-service', [{ variables }], defaultsOf(ORDERS_VARIABLES));
}
