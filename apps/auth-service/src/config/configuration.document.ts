/** The section of auth-service in docs/configuration.md: every variable, from the schema that checks them. */
import { configurationSection } from '@keyward/configuration';
import { environmentDefaults } from './environment.schema.js';
import {
  VARIABLE_DESCRIPTIONS,
  VARIABLE_GROUPS,
  type VariableDescription,
} from './variable.descriptions.js';

const BOOTSTRAP: readonly [string, VariableDescription] = [
  'AUTH_BOOTSTRAP_FILE',
  {
    group: 'Record',
    meaning: 'JSON file with the clients, resources and accounts that this deployment declares',
    byDefault: 'none',
  },
];

/** The whole text, as prettier would have it. */
export function configurationDocument(): string {
  const described = [...Object.entries(VARIABLE_DESCRIPTIONS), BOOTSTRAP];
  const groups = VARIABLE_GROUPS.map((heading) => ({
    heading,
    variables: described.filter(([, { group }]) => group === heading),
  }));
  return configurationSection('auth-service', groups, environmentDefaults());
}
