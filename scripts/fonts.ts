import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** Families of src/ui/fonts.css, as their packages name them. */
const FAMILIES = ['inter', 'source-serif-4'];

/** Emits the license of each font, which the SIL Open Font License asks for wherever the font goes. */
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
