import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ADAPTERS, kernelsOn, spillingOn, whyNot } from './isa';

const missingFor = await Promise.all(ADAPTERS.map(whyNot));

/** Name of the tests, with the reason if they are skipped, which the runner prints again at the end. */
const nameOf = (adapter: string, missing: string | undefined) =>
  `compiled for ${adapter}${missing === undefined ? '' : ` (not possible here: ${missing})`}`;

// Uses a loop, because Vitest would shorten names given to `each`.
for (const [i, adapter] of ADAPTERS.entries())
  describe.concurrent(nameOf(adapter, missingFor[i]), () => {
    const missing = missingFor[i];
    test.skipIf(missing)('no kernel spills registers', async () => {
      const kernels = await kernelsOn(adapter);
      expect(kernels.filter(({ spilled, scratch }) => spilled > 0 || scratch > 0)).toEqual([]);
      expect(kernels.flatMap(Object.values).filter((value) => value === null || Number.isNaN(value))).toEqual([]);

      const max = (kernel: string) =>
        Math.max(
          ...kernels.filter((k) => k.kernel.startsWith(kernel) && k.config === 'heads of 64').map((k) => k.vgprs),
        );
      expect(max('attention backward, keys')).toBeLessThanOrEqual(128);
      expect(max('attention backward, queries')).toBeLessThanOrEqual(128);

      // Covers every kernel in the sources, and each kernel of a step in every model.
      const compiled = (config: string) =>
        new Set(kernels.filter((k) => k.config === config).map(({ kernel }) => kernel));
      const names = await namesOfKernels();
      expect(names.length).toBeGreaterThan(20);
      const isCompiled = (name: string) =>
        kernels.some(({ kernel }) => kernel === name || kernel.startsWith(`${name}, `));
      expect(names.filter((name) => !isCompiled(name))).toEqual([]);
      const products = ['product NN', 'product NT', 'product TN'];
      const attention = ['attention', 'attention backward, queries', 'attention backward, keys'];
      const ofStep = ['embedding backward', 'layerNorm backward', 'softmaxCrossEntropy', 'globalNorm', 'adamw', 'sgd'];
      const ofWriting = ['attention of one query', 'cacheRows'];
      const tilings = [
        'small tiling',
        'large tiling',
        'wide tiling',
        ...[4, 8, 16, 32].map((n) => `subgroups of ${n}`),
      ];
      for (const config of ['S', 'M', 'G', 'Tiny', 'Small', 'Medium', 'Large']) {
        const all = [
          ...products,
          ...attention,
          ...ofStep,
          ...ofWriting,
          ...tilings.flatMap((tiling) => products.map((product) => `${product}, ${tiling}`)),
          ...[...products, ...attention, ...ofWriting].map((kernel) => `${kernel}, without subgroups`),
        ];
        expect(
          all.filter((kernel) => !compiled(config).has(kernel)),
          config,
        ).toEqual([]);
      }
      const ofLlama = ['rmsNorm', 'rmsNorm backward', 'rope', 'gated', ...products, ...attention, ...ofWriting];
      for (const config of ['L', 'LM']) {
        expect(
          ofLlama.filter((kernel) => !compiled(config).has(kernel)),
          config,
        ).toEqual([]);
      }
      const ofHeads = [...attention, 'qkNorm', 'qkNorm backward', 'attention backward, norms'];
      for (const config of [16, 32, 64, 80, 128].map((D) => `heads of ${D}`)) {
        for (const way of ['', ', without subgroups', ', subgroups of 4']) {
          expect(
            ofHeads.filter((kernel) => !compiled(config).has(`${kernel}${way}`)),
            config,
          ).toEqual([]);
        }
      }
    });

    test.skipIf(missing)('finds a kernel that spills', async () => {
      const [kernel, ...others] = await spillingOn(adapter);
      expect(others).toEqual([]);
      expect(kernel!.spilled).toBeGreaterThan(0);
      expect(kernel!.scratch).toBeGreaterThan(0);
    });

    test.skipIf(missing)('reports the error that ends the compiler process', async () => {
      await expect(kernelsOn(adapter, 'failing')).rejects.toThrow(/ended with 1: [^]*unresolved value 'nonsense'/);
    });
  });

/** Names of kernels in the sources. */
async function namesOfKernels(): Promise<string[]> {
  const core = new URL('../src/core/', import.meta.url);
  const files = (await readdir(core, { recursive: true })).filter((file) => file.endsWith('.wgsl.ts'));
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, core), 'utf8')));
  const lines = sources.flatMap((source) => [...source.matchAll(/^ +name: (.*'.*),$/gm)].map(([, value]) => value!));
  return lines.flatMap((line) => [...line.matchAll(/'([^']+)'/g)].map(([, name]) => name!));
}
