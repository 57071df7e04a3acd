// Builds the two pages: scripts and styles as files of their own, since the policy of the pages allows no others.
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'web',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing becomes a data: URL, and no polyfill is written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { shop: 'web/index.html', spa: 'web/spa.html' } },
  },
});
