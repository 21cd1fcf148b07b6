/**
 * Records the first page's content in real runs on WASM: a run on Moby Dick in the built app, and in the CLI a
 * classifier of the emails and answers to the letter tasks. Writes all or one of these into
 * src/features/text/recorded.json:
 * `npx tsx scripts/firstRun.ts [run|label|answer]`. The run needs `npm run build` first.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recorded } from '../src/features/text/recorded';
import { recordRun } from './recordedRun';
import { buildMails, buildSamples } from './samples';

const OUT = new URL('../src/features/text/recorded.json', import.meta.url);
const CLI = fileURLToPath(new URL('cli.mjs', import.meta.url));

/** @returns the last line that a command of the terminal prints */
function command(...args: readonly string[]): string {
  const output = execFileSync('node', [CLI, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return output.trim().split('\n').at(-1)!;
}

const EMAIL = 'Congratulations! You have been selected to receive a free prize';
async function recordLabel(folder: string): Promise<Recorded['label']> {
  const { sample, text } = (await buildMails()).at(-1)!;
  const [table, out] = [join(folder, sample.file), join(folder, 'classifier')];
  writeFileSync(table, text);
  const columns = 'text=subject+body,label=label';
  command('tune', '--kind', 'classify', '--table', `${table}:${columns}`, '--out', out, '--device', 'wasm', '--json');
  const said = command('classify', '--from', out, '--prompt', EMAIL, '--device', 'wasm', '--json');
  const { label, probabilities } = JSON.parse(said) as { label: string; probabilities: Record<string, number> };
  return { input: EMAIL, label, share: Number(probabilities[label]!.toFixed(3)) };
}

const TASK = 'sort whales';
function recordAnswer(folder: string): Recorded['answer'] {
  const { sample, text } = buildSamples().find((each) => each.sample.pairs)!;
  const [table, out] = [join(folder, sample.file), join(folder, 'answers')];
  writeFileSync(table, text);
  const sizes = ['--layers', '2', '--heads', '4', '--width', '64', '--hidden', '128', '--context', '16'];
  const steps = ['--batch', '64', '--steps', '1000', '--warmup', '100', '--learning-rate', '3e-3'];
  const own = ['--model', 't5', '--pairs', `${table}:input=input,target=target`, '--tokenizer', 'characters'];
  command('grow', ...own, ...sizes, ...steps, '--eval-every', '500', '--device', 'wasm', '--json', '--out', out);
  const said = command('sample', '--from', out, '--prompt', TASK, '--device', 'wasm', '--json');
  return { input: TASK, output: (JSON.parse(said) as { text: string }).text.trim() };
}

const folder = mkdtempSync(join(tmpdir(), 'first-page-'));
try {
  const [, , part] = process.argv;
  const asked = (name: string): boolean => part === undefined || part === name;
  const recorded: Recorded = {
    ...(JSON.parse(readFileSync(OUT, 'utf8')) as Recorded),
    ...(asked('answer') && { answer: recordAnswer(folder) }),
    ...(asked('label') && { label: await recordLabel(folder) }),
    ...(asked('run') && (await recordRun(folder))),
  };
  writeFileSync(OUT, `${JSON.stringify(recorded, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
