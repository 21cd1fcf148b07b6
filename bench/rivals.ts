/** Benchmarks the same training step in other libraries, each in its own process on the same adapter, one at a time. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Shape } from './step';

export type RivalReport = z.infer<typeof reportSchema>;

/** Script under bench/rivals -> the package that it needs; our own dependencies are always installed. */
const RIVALS = { plainTfjs: '@tensorflow/tfjs', nanogpt: '@genai-fi/nanogpt', jaxJs: '@jax-js/jax' } as const;

/**
 * Runs the rivals whose packages are installed (`npm i --ignore-scripts --prefix bench/rivals`). Leaves out and names
 * those that fail. `adapter`: as for our own step.
 */
export async function benchRivals(
  shape: Shape,
  steps: number,
  adapter: string | undefined,
): Promise<{ reports: RivalReport[]; missing: string[] }> {
  const reports: RivalReport[] = [];
  const missing: string[] = [];
  for (const [script, needs] of Object.entries(RIVALS)) {
    const path = fileURLToPath(new URL(`./rivals/${script}.mjs`, import.meta.url));
    try {
      createRequire(path).resolve(needs);
    } catch {
      missing.push(`${needs} is not installed`);
      continue;
    }
    try {
      const { vocabulary: V, context: T, width: E, heads: H, layers: L, batch: B } = shape;
      const { stdout } = await run(
        process.execPath,
        ['--import', 'tsx', path, JSON.stringify({ V, T, E, H, L, B, steps, adapter })],
        { timeout: 600_000, cwd: fileURLToPath(new URL('.', import.meta.url)) },
      );
      reports.push(reportSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1)!)));
    } catch (error) {
      missing.push(`${needs} did not run (${error instanceof Error ? error.message.split('\n')[0]! : 'unknown'})`);
    }
  }
  return { reports, missing };
}

const run = promisify(execFile);
const reportSchema = z.object({
  name: z.string(),
  ms: z.number(),
  tokensPerSecond: z.number(),
  dispatches: z.number(),
  submits: z.number(),
  buffersPerStep: z.number(),
  bindGroupsPerStep: z.number(),
  /** Peak memory in MB. */
  peakMB: z.number(),
});
