import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** Package names of the families in src/ui/fonts.css. */
const FAMILIES = ['inter', 'source-serif-4'];

/** Emits the license of each font: the SIL Open Font License requires it with every copy. */
export function fontLicensesPlugin(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  return {
    name: 'font licenses',
    generateBundle() {
      for (const family of FAMILIES) {
        const source = readFileSync(resolve(`@fontsource-variable/${family}/LICENSE`), 'utf8');
        this.emitFile({ type: 'asset', fileName: `licenses/${family}-OFL-1.1.txt`, source });
      }
    },
  };
}
