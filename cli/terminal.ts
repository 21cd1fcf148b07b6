/** Runs commands: arguments, signals, output, exit codes and the device. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import '../node/sha256';
import '../node/textDecoder';
import { installDawn } from '../node/dawn';
import type { Device } from '../src/core/train/device';
import type { DeviceKind } from '../src/core/train/run';
import { tilingsInFile } from './tilings';
import { checkPaths } from './checkPaths';
import { setInterruption } from '../node/interruption';
import { print, stderr } from '../node/output';
import { systemFailure } from '../node/systemError';
import { endingOf, rowLines, Stopped, type Signal } from './failure';
import { asksForHelp, help } from './help';
import { flagsIn, parseOptions, UsageError, type Options, type Values } from './options';
import { withNewNames } from './renamedFlags';

export { print, stderr, stdout } from '../node/output';

export const DEVICES = ['auto', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly (DeviceKind | 'auto')[];

/** Words after `npm run`: one, or two for a subcommand. */
export interface Command {
  name: string;
  /** One line. */
  about: string;
  options: Options;
  /** Flags that make sense together. */
  examples: readonly string[];
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}
/** @param given the names of the flags that were typed @returns the exit code, if it isn't always 0 */
type Run<O extends Options, Code> = (values: Values<O>, given: ReadonlySet<string>) => Promise<Code>;
/** A command that checks its paths before it runs. */
export const command = <const O extends Options>(
  declaration: Omit<Command, 'options' | 'run'> & {
    options: O;
    /** Replaces flags that stand for others. */
    expand?: (args: readonly string[]) => readonly string[];
    run: Run<O, void> | Run<O, number>;
  },
): Command => ({
  ...declaration,
  async run(typed) {
    const args = withNewNames(declaration.expand?.(typed) ?? typed, declaration.options, (line) =>
      stderr.write(`${line}\n`),
    );
    const values = parseOptions(declaration.options, args);
    await checkPaths(declaration.options, values);
    const code = await declaration.run(values, flagsIn(args));
    return typeof code === 'number' ? code : 0;
  },
});

/** Commands that share the first word of their names, or the only one. */
export type Commands = readonly [Command, ...Command[]];

/**
 * Runs a command in its process, up to the exit code. A failure is one line on standard error, and with --json one object on
 * standard output.
 */
export async function main(...commands: Commands): Promise<void> {
  // TensorFlow.js and Dawn write to the console; standard output is for results alone.
  if (!IS_DEBUGGING) console.log = console.info = console.warn = () => undefined;
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  for (const signal of SIGNALS) process.on(signal, () => stop(new Stopped(signal)));
  // The starting process, which forwards signals, is gone.
  process.on('disconnect', () => stop(new Stopped('SIGHUP')));
  let hasEnded = false;
  process.on('beforeExit', () => hasEnded || fail(new Error("it waited for an event that can't occur")));
  process.channel?.unref();
  process.send?.('begun');
  process.stdout.on('error', (error: NodeJS.ErrnoException & { errno: number }) => {
    const isClosed = error.code === 'EPIPE';
    outputFailure ??= isClosed ? new Stopped('SIGPIPE') : systemFailure(error, 'Standard output');
    stop(outputFailure);
  });
  try {
    process.exitCode = await perform(commands, process.argv.slice(2));
    await new Promise((resolve) => setImmediate(resolve)); // An error of standard output arrives one turn later.
    if (outputFailure && !(outputFailure instanceof Stopped)) throw outputFailure;
    hasEnded = true;
  } catch (error) {
    fail(error);
  }
}

/**
 * Runs the command that `args` choose among these.
 * @returns the exit code
 * @throws its failure; a UsageError names --help
 */
export async function perform(commands: Commands, args: readonly string[]): Promise<number> {
  const chosen = commands.length === 1 ? commands[0] : commands.find(({ name }) => name.endsWith(` ${args[0]}`));
  const commandArgs = commands.length > 1 && chosen ? args.slice(1) : args;
  try {
    if (asksForHelp(commandArgs)) {
      print((chosen ? [chosen] : commands).map(help).join('\n\n'));
      return 0;
    }
    if (chosen) return await chosen.run(commandArgs);
    const [command] = commands[0].name.split(' ');
    const words = commands.map(({ name }) => name.split(' ')[1]).join(', ');
    throw new UsageError(`Unknown ${command} '${args[0] ?? ''}'. Available: ${words}.`);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${error.message} ${hint(chosen ?? commands[0])}`) : error;
  }
}
const hint = ({ name }: Command): string =>
  `npm run ${name.replace(' ', ' -- ')}${name.includes(' ') ? '' : ' --'} --help lists every flag.`;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly Signal[];
const IS_DEBUGGING = Boolean(process.env['HOMEGROWN_DEBUG']);
let outputFailure: Error | undefined;

/** Ends the process at once: work on a device may never return. */
function fail(error: unknown): void {
  const exitCode = report(error, process.argv.includes('--json'));
  process.stdout.write('', () => process.exit(exitCode));
}

/** Reports why a command failed. @returns the exit code */
export function report(error: unknown, isJson: boolean): number {
  const { code, message, exitCode, rows } = endingOf(error);
  // A closed pipe isn't an error, and no one reads messages.
  if (!(error instanceof Stopped && error.signal === 'SIGPIPE')) {
    const clear = stderr.isTTY ? '\r\u001b[2K' : '';
    stderr.write(`${clear}${[...(rows ? rowLines(rows) : []), message].join('\n')}\n`);
    if (IS_DEBUGGING && error instanceof Error) stderr.write(`${error.stack ?? ''}\n`);
    if (isJson) print(JSON.stringify({ error: { code, message, ...(rows && { rows }) } }));
  }
  return exitCode;
}

/** Stops the command, or its current job. */
let stop: (why: Error) => void = fail;

/** From here on a signal or a closed output aborts this signal instead of ending the process. */
export function interruptible(): AbortSignal {
  const abort = new AbortController();
  stop = (why) => abort.abort(why);
  setInterruption(abort.signal);
  return abort.signal;
}

let hasDawn = false;
/**
 * Installs Dawn before the backend that looks for it is loaded.
 * @param threads of WASM; by default one per core
 */
export async function openDevice(kind: DeviceKind | 'auto', threads?: number): Promise<Device> {
  if (kind === 'auto' || kind === 'webgpu') {
    if (!hasDawn) installDawn();
    hasDawn = true;
  }
  const { chooseDevice } = await import('../src/core/train/device');
  const { tune } = await import('../src/core/ops/tune');
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const { nodeThreads } = await import('../node/threads');
  const device = await chooseDevice(kind, `${dirname(wasm)}${sep}`, nodeThreads(threads));
  await tune(() => performance.now(), tilingsInFile);
  const { wasmThreadsReady } = await import('../src/core/gpu/wasm');
  await wasmThreadsReady(); // what is measured or planned next counts on all of them
  return device;
}

/** Returns the name of Dawn's adapter if it is software; null for a GPU, or without an adapter. */
export async function softwareAdapter(): Promise<string | null> {
  const { findGpu } = await import('../src/core/gpu/backend');
  const adapter = await findGpu();
  return adapter?.software ? adapter.name : null;
}
