/** `npm run configuration`: writes docs/configuration.md. */
import { writeFileSync } from 'node:fs';
import { configurationDocument } from './config/configuration.document.js';

writeFileSync(new URL('../../../docs/configuration.md', import.meta.url), configurationDocument());
