/**
 * Commands that run in the process of the test. Signals, kills, pipes and whatever else needs a real process are for
 * spawnCommand.ts.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundled } from '../../scripts/bundle.mjs';
import type { Output } from '../../node/output';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  /** The exit code. */
  code: number | null;
  stdout: string;
  stderr: string;
}
interface RunOptions {
  /** Current folder, if it isn't the test's. */
  cwd?: string;
  /** Root of the commands' sources, if it isn't the project. */
  root?: string;
  /** Set while the command runs. */
  env?: Readonly<Record<string, string>>;
  /**
   * Whether models write texts as long as users get them, at each evaluation of a run and when they are evaluated. Such texts
   * take most of the time of a short run.
   */
  wholeTexts?: boolean;
}

/**
 * Runs a command to its end. Commands that are started together run one after the other: they share a current folder, an
 * environment and an engine.
 * @param args the command's name and what follows it
 */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const ended = turn.then(() => runNow(args, options));
  turn = ended.catch(() => undefined);
  return ended;
}
let turn: Promise<unknown> = Promise.resolve();

async function runNow(
  args: readonly string[],
  { cwd, root = ROOT, env = {}, wholeTexts = false }: RunOptions,
): Promise<Ended> {
  const { runCommand, engine } = await loadCommands(root);
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  const output: Output = {
    stdout: { write: (text) => void (ended.stdout += text) },
    stderr: { isTTY: false, columns: 80, write: (text) => void (ended.stderr += text) },
  };
  const restore = [inFolder(cwd), withEnvironment(env), withoutConsole(), withEngine(engine)];
  try {
    ended.code = await runCommand(args, output, wholeTexts ? undefined : TEXT_TOKENS);
  } finally {
    for (const undo of restore) undo();
  }
  if ((globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu !== undefined)
    throw new Error('A GPU was opened and would stay open in this process: pass --device wasm or cpu.');
  return ended;
}

/** Number of tokens of a generated text in tests about other things. */
const TEXT_TOKENS = 4;

interface Loaded {
  runCommand: typeof import('./commands').runCommand;
  engine: Engine;
}
/** Bundles by source root; sources don't change while a test file runs. */
const loaded = new Map<string, Promise<Loaded>>();
function loadCommands(root: string): Promise<Loaded> {
  const known = loaded.get(root) ?? loadBundle(root);
  loaded.set(root, known);
  return known;
}

/**
 * Loads the commands as one bundle, as users run them. The bundle stays loaded, and optimized, for all test files in
 * this process. The commands have a separate engine, since the set-up of tests resets the tests' own.
 */
async function loadBundle(root: string): Promise<Loaded> {
  const path = await bundled(root, 'cli/testing/commands.ts');
  const engine = engines.get(path) ?? {};
  engines.set(path, engine);
  const undo = withEngine(engine);
  try {
    return { ...(createRequire(import.meta.url)(path) as typeof import('./commands')), engine };
  } finally {
    undo();
  }
}

/** Globals in which TensorFlow.js keeps its engine and kernels, where every copy of it finds them. */
type Engine = Record<string, unknown>;
const ENGINE_GLOBALS = ['_tfengine', '_tfGlobals'] as const;
/** Engines by bundle path: test files in one process share engines as they share loaded bundles. */
const engines = ((globalThis as { commandEngines?: Map<string, Engine> }).commandEngines ??= new Map<string, Engine>());

/** Replaces the current engine until undone; then `engine` holds its new state. */
function withEngine(engine: Engine): () => void {
  const exchange = (to: Engine): Engine => {
    const before = Object.fromEntries(ENGINE_GLOBALS.map((name) => [name, Reflect.get(globalThis, name) as unknown]));
    Object.assign(globalThis, Object.fromEntries(ENGINE_GLOBALS.map((name) => [name, to[name]])));
    return before;
  };
  const before = exchange(engine);
  return () => void Object.assign(engine, exchange(before));
}

function inFolder(folder: string | undefined): () => void {
  const before = process.cwd();
  if (folder !== undefined) process.chdir(folder);
  return () => process.chdir(before);
}

function withEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

/** As in a real process, in which engines may not write to standard output. */
function withoutConsole(): () => void {
  const { log, info, warn } = console;
  console.log = console.info = console.warn = () => undefined;
  return () => void Object.assign(console, { log, info, warn });
}

/** Parses each line of standard output as JSON. */
export const lines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Standard error of a command that says nothing but the step that it uses. */
export const STEP_ALONE = /^Saved (model|classifier): step [\d,]+(, best on the validation set)?\.\n$/;

/** Flags of a short run that is evaluated often. */
export const SHORT = ['--eval-every', '4', '--schedule', 'constant', '--learning-rate', '0.01', '--json'];

/** A model that trains in a second. */
export const TINY = [
  '--layers',
  '1',
  '--heads',
  '2',
  '--width',
  '16',
  '--context',
  '16',
  '--batch',
  '4',
  '--tokenizer',
  'bytes',
  '--device',
  'wasm',
] as const;
