/** The same training step in PyTorch on the CPU, one step at a time, so that the caller can alternate with its own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { badSettings } from '../src/core/base/errors';
import type { Shape } from './step';

export interface TorchSteps {
  version: string;
  /** Trains one step. @returns its milliseconds */
  step(): Promise<number>;
  end(): void;
}

const started = z.object({ version: z.string() });
const stepped = z.object({ ms: z.number(), loss: z.number() });

/** Python of the oracles' environment. */
export const ORACLES_PYTHON = fileURLToPath(
  new URL(
    process.platform === 'win32' ? '../.oracles/venv/Scripts/python.exe' : '../.oracles/venv/bin/python',
    import.meta.url,
  ),
);

/**
 * Starts PyTorch with a GPT of this shape.
 * @throws HomegrownError `bad-settings` for another architecture or an adapter, and where PyTorch doesn't start
 */
export async function startTorch(shape: Shape, threads: number, python = ORACLES_PYTHON): Promise<TorchSteps> {
  if ((shape.model ?? 'gpt') !== 'gpt' || shape.lora)
    throw badSettings('PyTorch is only compared on a fully trained GPT.', 'Choose --config S, M or G.');
  if (!existsSync(python))
    throw badSettings(`There is no Python in ${python}.`, 'Run npm run oracles once: it installs PyTorch there.');
  const { vocabulary: V, context: T, width: E, heads: H, layers: L, batch: B } = shape;
  const script = fileURLToPath(new URL('./rivals/torchStep.py', import.meta.url));
  const child = spawn(python, [script, JSON.stringify({ V, T, E, H, L, B, threads })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const line: IteratorResult<string> = await lines.next();
    if (line.done) throw badSettings('PyTorch ended without a result.', 'Its message stands above.');
    return JSON.parse(line.value);
  };
  const { version } = started.parse(await read());
  return {
    version,
    async step() {
      child.stdin.write('step\n');
      return stepped.parse(await read()).ms;
    },
    end: () => void child.stdin.end(),
  };
}
