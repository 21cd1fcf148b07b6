/**
 * npm run mutants -- --seed 1 --count 80: the share of seeded defects that the tests notice.
 *
 * Each mutant changes one place of one production file. Only the tests that import this file directly run, up to the first
 * failure. A mutant counts as killed if such a test fails, or if the tests end only without it. Copies of the checkout in the
 * temporary folder are changed, never the checkout. With --list, mutants of an earlier report run on another version of the code.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { filesOf, importers } from './importers.ts';
import { apply, keyOf, KINDS, mutationsOf, sample, type Mutation } from './mutations.ts';

const USAGE = `npm run mutants -- [flags]
  --seed N      draws the mutants (1)
  --count N     number of mutants (80)
  --list FILE   runs the mutants of this report instead
  --out FILE    writes a report, as JSON
  --nearest     runs the nearest tests where no test imports the file
  --dry         draws the mutants and runs none
  --root DIR    the checkout to measure (this one)
  --seconds N   processor time that the tests of a mutant may take (60)
  --jobs N      mutants at once (2)`;
const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '80' },
    list: { type: 'string' },
    out: { type: 'string' },
    nearest: { type: 'boolean', default: false },
    dry: { type: 'boolean', default: false },
    root: { type: 'string', default: '.' },
    seconds: { type: 'string', default: '60' },
    jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    help: { type: 'boolean', default: false },
  },
});
const root = resolve(flags.root);
const maxSeconds = Number(flags.seconds);

type Status = 'killed' | 'survived' | 'not decided' | 'no direct test' | 'not in this checkout';
interface Failure {
  file: string;
  /** Full name of the test; absent where the file failed to load. */
  test?: string;
  message: string;
}
interface Outcome {
  status: Status;
  /** Test files that ran. */
  tests: readonly string[];
  reason?: string;
  killer?: Failure;
  seconds: number;
}
type Result = Mutation & Partial<Outcome>;

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file) && !file.includes('.isa.test.');
const isProduction = (file: string): boolean =>
  /^(src\/(core|state|workers)|cli|node)\//.test(file) &&
  /\.tsx?$/.test(file) &&
  !/\.d\.ts$|\.test\.|\/testing\//.test(file);

const files = filesOf(root);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Tests that import a file directly or, where `isNearest`, over as few other files as any test does. */
function testsOf(file: string, importersByFile: ReadonlyMap<string, readonly string[]>, isNearest: boolean): string[] {
  const seen = new Set([file]);
  for (let reached = [file], distance = 1; reached.length > 0 && (isNearest || distance === 1); distance++) {
    reached = [...new Set(reached.flatMap((each) => importersByFile.get(each) ?? []))].filter(
      (each) => !seen.has(each),
    );
    for (const each of reached) seen.add(each);
    const tests = reached.filter(isTest);
    const isFar = (test: string): boolean => dirname(test) !== dirname(file);
    if (tests.length > 0 && distance === 1) return tests;
    if (tests.length > 0) return tests.sort((a, b) => Number(isFar(a)) - Number(isFar(b))).slice(0, MAX_NEAREST);
  }
  return [];
}
const MAX_NEAREST = 8;

/** Mutants to run: a sample, or those of the report that --list names. Marks the ones whose code this checkout lacks. */
function selectMutants(): Result[] {
  const mutationsByKey = new Map<string, Mutation>();
  for (const file of files.filter(isProduction))
    for (const mutation of mutationsOf(file, read(file))) mutationsByKey.set(keyOf(mutation), mutation);
  const kinds = KINDS.map(
    (kind) => `${[...mutationsByKey.values()].filter((each) => each.kind === kind).length} ${kind}`,
  );
  console.log(`${mutationsByKey.size} places for mutants: ${kinds.join(', ')}`);
  if (flags.list === undefined) return sample([...mutationsByKey.values()], Number(flags.seed), Number(flags.count));
  const { mutants } = JSON.parse(readFileSync(flags.list, 'utf8')) as { mutants: Mutation[] };
  return mutants.map(({ file, kind, original, replacement, context, occurrence, line, start }) => {
    const mutation = { file, kind, original, replacement, context, occurrence, line, start };
    return mutationsByKey.get(keyOf(mutation)) ?? { ...mutation, status: 'not in this checkout' };
  });
}

/** A copy of the checkout with its own folder of links to packages, so that caches go there too. */
function copyCheckout(target: string): string {
  for (const file of files) cpSync(join(root, file), join(target, file), { verbatimSymlinks: true });
  const packages = join(target, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!/^\.(?!bin|package-lock)/.test(name)) symlinkSync(join(root, 'node_modules', name), join(packages, name));
  return target;
}

interface Run {
  isTimeout: boolean;
  /** Absent if the tests ended without a report. */
  failures: Failure[] | undefined;
  seconds: number;
}
interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}
/** Ids of running process groups, killed when this process ends. */
const processGroups = new Set<number>();

async function runTests(
  copyRoot: string,
  tests: readonly string[],
  extraOptions: readonly string[],
  maxCpuSeconds: number,
): Promise<Run> {
  const [temporary, reportFile] = [join(copyRoot, '.tmp'), join(copyRoot, '.report.json')];
  for (const path of [temporary, reportFile]) rmSync(path, { recursive: true, force: true });
  mkdirSync(temporary);
  const options = ['--maxWorkers=1', '--experimental.fsModuleCache', '--reporter=json', `--outputFile=${reportFile}`];
  const startedAt = performance.now();
  const vitest = join(copyRoot, 'node_modules/vitest/vitest.mjs');
  if (!existsSync(vitest))
    throw new Error(`No vitest in ${copyRoot}: run npm ci in the checkout, or look for a test that removed it.`);
  const child = spawn(process.execPath, [vitest, 'run', ...tests, ...options, ...extraOptions], {
    cwd: copyRoot,
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, TMPDIR: temporary, CI: '1' },
  });
  const pid = child.pid!;
  processGroups.add(pid);
  let isTimeout = false as boolean;
  let cpuSeconds = 0;
  const timer = setInterval(() => {
    cpuSeconds = Math.max(cpuSeconds, groupCpuSeconds(pid));
    isTimeout = cpuSeconds > maxCpuSeconds || performance.now() - startedAt > WALL_CLOCK_FACTOR * maxCpuSeconds * 1000;
    if (isTimeout) killGroup(pid);
  }, 1000);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  killGroup(pid); // processes that the tests left running
  processGroups.delete(pid);
  const seconds = Math.max(cpuSeconds, 1);
  if (isTimeout || !existsSync(reportFile)) return { isTimeout, failures: undefined, seconds };
  const failures = failuresOf(copyRoot, JSON.parse(readFileSync(reportFile, 'utf8')) as Report);
  return { isTimeout, failures: code === 0 || failures.length > 0 ? failures : undefined, seconds };
}

/** Factor by which tests may exceed their time on the wall clock, on a machine with other work. */
const WALL_CLOCK_FACTOR = 10;

/** Processor time of the live processes of a group. A process in a separate group is not counted. */
function groupCpuSeconds(group: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pgid=,time='], { encoding: 'utf8' }).trim().split('\n');
  const times = lines.map((line) => line.trim().split(/\s+/)).filter(([id]) => Number(id) === group);
  const seconds = (time: string): number => {
    const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
    return clock!.split(':').reduce((sum, part) => 60 * sum + Number(part), 0) + 86_400 * Number(days);
  };
  return times.reduce((sum, [, time]) => sum + seconds(time!), 0);
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {} // The group has already ended.
}

const failuresOf = (copyRoot: string, { testResults }: Report): Failure[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.slice(copyRoot.length + 1);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [{ file, message: shorten(message) }] : [];
    return failed.map(({ fullName, failureMessages }) => ({
      file,
      test: fullName,
      message: shorten(failureMessages[0]),
    }));
  });

/** CPU seconds of the unchanged code, by joined test paths; undefined if a test fails or takes too long. */
const unchangedSeconds = new Map<string, Promise<number | undefined>>();

async function measure(copyRoot: string, mutation: Mutation, tests: readonly string[]): Promise<Outcome> {
  const path = join(copyRoot, mutation.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, apply(text, mutation));
  const run = await runTests(copyRoot, tests, ['--bail=1'], maxSeconds);
  writeFileSync(path, text);
  const { seconds, failures, isTimeout } = run;
  if (failures?.length === 0) return { status: 'survived', tests, seconds };
  if (failures) return { status: 'killed', tests, killer: failures[0]!, seconds };
  // A timeout or a crash counts as a kill only if the unchanged code ends in much less time.
  const key = tests.join();
  let baseline = unchangedSeconds.get(key);
  if (!baseline) {
    baseline = runTests(copyRoot, tests, [], maxSeconds / 2).then((run) =>
      run.failures?.length === 0 ? run.seconds : undefined,
    );
    unchangedSeconds.set(key, baseline);
  }
  const reason = isTimeout ? `took over ${flags.seconds} s` : 'ended without a report';
  return { status: (await baseline) === undefined ? 'not decided' : 'killed', tests, reason, seconds };
}

/** Runs on unchanged code the tests that failed. A kill by a test that fails there too is none. */
async function confirm(copyRoot: string, results: Result[]): Promise<void> {
  const killers = results.flatMap(({ killer }) => killer ?? []);
  if (killers.length === 0) return;
  console.log(`Checking ${killers.length} failures on the unchanged code`);
  const escaped = killers.map(({ test }) => test?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const names = escaped.includes(undefined) ? [] : [`--testNamePattern=${escaped.join('|')}`];
  const { failures } = await runTests(copyRoot, [...new Set(killers.map(({ file }) => file))], names, 3600);
  for (const result of results.filter(({ killer }) => killer)) {
    const { file, test } = result.killer!;
    const failsUnchanged =
      failures?.some((each) => each.file === file && (each.test === undefined || each.test === test)) ?? true;
    if (failsUnchanged)
      Object.assign(result, { status: 'not decided', reason: 'its test fails on the unchanged code' });
  }
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const importersByFile = importers(root, files);
  const findTests = (file: string): string[] => testsOf(file, importersByFile, flags.nearest);
  const results = selectMutants();
  const writeReport = (): void => {
    const { seed, count } = flags;
    if (flags.out !== undefined)
      writeFileSync(flags.out, JSON.stringify({ seed, count, summary: summaryOf(results), mutants: results }, null, 1));
  };
  if (flags.dry) {
    for (const result of results) console.log(`${describe(result)} (${findTests(result.file).length} tests)`);
    writeReport();
    return;
  }
  const queue = results.filter((result) => result.status === undefined);
  const folder = mkdtempSync(join(tmpdir(), 'homegrown-mutants-'));
  const cleanUp = (): void => {
    for (const group of processGroups) killGroup(group);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => (cleanUp(), process.exit(130)));
  try {
    const copies = Array.from({ length: Number(flags.jobs) }, (_, i) => copyCheckout(join(folder, String(i))));
    const runQueue = async (copyRoot: string): Promise<void> => {
      for (let result = queue.shift(); result; result = queue.shift()) {
        const directTests = findTests(result.file);
        const outcome: Outcome =
          directTests.length > 0
            ? await measure(copyRoot, result, directTests)
            : { status: 'no direct test', tests: [], seconds: 0 };
        Object.assign(result, outcome);
        console.log(`${outcome.status.padEnd(14)} ${outcome.seconds.toFixed(0).padStart(3)} s  ${describe(result)}`);
        writeReport();
      }
    };
    await Promise.all(copies.map(runQueue));
    await confirm(copies[0]!, results);
  } finally {
    cleanUp();
  }
  writeReport();
  print(results, (performance.now() - startedAt) / 1000);
}

const describe = ({ file, line, original, replacement, kind }: Mutation): string =>
  `${file}:${line}  ${shorten(original)} -> ${shorten(replacement)}  (${kind})`;
const shorten = (text = ''): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
};

function summaryOf(results: readonly Result[]) {
  const count = (status: Status): number => results.filter((result) => result.status === status).length;
  const measured = results.filter(({ status }) => status !== undefined && status !== 'not in this checkout').length;
  return {
    killed: count('killed'),
    survived: count('survived'),
    notDecided: count('not decided'),
    noDirectTest: count('no direct test'),
    notInThisCheckout: count('not in this checkout'),
    share: count('killed') / measured,
    shareOfTested: count('killed') / (count('killed') + count('survived')),
  };
}

function print(results: readonly Result[], seconds: number): void {
  for (const status of ['survived', 'not decided', 'no direct test', 'not in this checkout'] as const) {
    const matching = results.filter((result) => result.status === status);
    if (matching.length > 0) console.log(`\n${status}:`);
    for (const result of matching)
      console.log(`  ${describe(result)}${result.reason === undefined ? '' : `: ${result.reason}`}`);
  }
  const summary = summaryOf(results);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  console.log(`
killed: ${summary.killed}
survived: ${summary.survived}
not decided: ${summary.notDecided}
no direct test: ${summary.noDirectTest}
not in this checkout: ${summary.notInThisCheckout}
share: ${percent(summary.share)} of all mutants in this checkout, ${percent(summary.shareOfTested)} of those that direct tests decide
${seconds.toFixed(0)} s`);
}

if (flags.help) console.log(USAGE);
else await main();
