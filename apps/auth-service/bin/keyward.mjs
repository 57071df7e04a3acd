#!/usr/bin/env node
// The built command line, under its name: `npx keyward` in a clone, `keyward` in the image.
import '../dist/cli.js';
