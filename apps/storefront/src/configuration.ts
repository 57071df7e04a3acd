/** `npm run configuration`: writes the section of storefront in docs/configuration.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { replaceSection } from '@keyward/configuration';
import { configurationDocument } from './config/configuration.document.js';

const document = new URL('../../../docs/configuration.md', import.meta.url);
writeFileSync(document, replaceSection(readFileSync(document, 'utf8'), configurationDocument()));
