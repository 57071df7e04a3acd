/** @keyward/configuration: how Keyward's services read their environment, and say what it may hold. */
export { replaceSection, sectionOf } from './configuration.document.js';
export { configurationSection, type DescribedVariables } from './configuration.section.js';
export { ConfigurationError } from './configuration.error.js';
export { defaultsOf, readVariables, type VariableRules } from './environment.variables.js';
export { readSecret, readSecrets, type SecretReading } from './secret.file.js';
export { secretsOf, type VariableDescription, type VariableTable } from './variable.table.js';
export { drainMs, flag, httpUrl, portNumber, redisUrl } from './variable.forms.js';
