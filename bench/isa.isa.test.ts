import { describe, expect, test } from 'vitest';
import { ADAPTERS, kernelsOn, whyNot } from './isa';

/** Skipped tests say why by their name, which is told again at the end of all tests. */
const adapters = await Promise.all(
  ADAPTERS.map(async (adapter) => {
    const missing = await whyNot(adapter);
    return { adapter, missing, name: missing === undefined ? adapter : `${adapter} (not possible here: ${missing})` };
  }),
);
describe.each(adapters)('compiled for $name', ({ adapter, missing }) => {
  test.skipIf(missing)('no kernel needs more registers than there are', async () => {
    const kernels = await kernelsOn(adapter);
    expect(kernels.length).toBeGreaterThan(500);
    for (const config of ['S', 'M', 'G', 'Tiny', 'Small', 'Medium', 'Large', 'heads of 80', 'heads of 128']) {
      const names = new Set(kernels.filter((kernel) => kernel.config === config).map(({ kernel }) => kernel));
      expect(names, config).toContain('attention backward, keys');
    }
    expect(kernels.filter(({ spilled, scratch }) => spilled > 0 || scratch > 0)).toEqual([]);
    expect(kernels.flatMap(Object.values).every((value) => value !== null && !Number.isNaN(value))).toBe(true);

    const registers = (kernel: string) =>
      Math.max(...kernels.filter((k) => k.kernel.startsWith(kernel) && k.config === 'heads of 64').map((k) => k.vgprs));
    expect(registers('attention backward, keys')).toBeLessThanOrEqual(128);
    expect(registers('attention backward, queries')).toBeLessThanOrEqual(128);
  });

  test.skipIf(missing)('a kernel that needs more is found', async () => {
    const [kernel, ...others] = await kernelsOn(adapter, 'spilling');
    expect(others).toEqual([]);
    expect(kernel!.spilled).toBeGreaterThan(0);
    expect(kernel!.scratch).toBeGreaterThan(0);
  });
});
