// Runs the parts of a test command and reports them: wall-clock and processor seconds, the ten slowest tests, skipped
// and failed tests, and one closing line, `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './setup.mjs';

const SLOWEST = 10;
/** Memory has room for this many compilers at once. */
const MAX_PARALLEL = 4;
const SKIPPED = ['pending', 'skipped', 'todo', 'disabled'];

/**
 * @typedef {object} Test one test of a runner
 * @property {string} name file and full title
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {number} ms
 * @property {string} [reason] of a failure
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} args of `npx`
 * @property {Record<string, string>} [env]
 * @property {() => readonly Test[]} [tests] reads the runner's report; a part without one is a single check
 */

export class Runner {
  #began = performance.now();
  #beganProcessor = processorSeconds();
  #reports = mkdtempSync(join(tmpdir(), 'homegrown-test-'));
  /** @type {{ name: string; seconds: number; processor: number; counts: string }[]} */
  #parts = [];
  /** @type {Test[]} */
  #tests = [];

  /** Runs one part and prints its output as it comes. @param {Part} part @returns {Promise<boolean>} whether it passed */
  async run(part) {
    console.log(`\n── ${part.name}`);
    return this.#run(part, 'inherit');
  }

  /** Runs parts that take one core each, as many at once as there are cores. @param {readonly Part[]} parts */
  async runParallel(parts) {
    const waiting = [...parts];
    const next = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) await this.#run(part, 'pipe');
    };
    await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL, availableParallelism()) }, next));
  }

  /** Times set-up that is no test, such as installing. @param {string} name @param {() => void} act */
  prepare(name, act) {
    const before = this.#now();
    act();
    this.#record(name, before, []);
  }

  /**
   * Runs one project of vitest.config.ts: all of it, some files, or only some tests, each as `file:line`.
   * @param {string} project
   * @param {{ files?: readonly string[]; only?: readonly string[]; env?: Record<string, string>; name?: string }} [options]
   * @returns {Part}
   */
  vitest(project, { files = [], only = [], env = {}, name = project } = {}) {
    const file = join(this.#reports, `${name.replaceAll(/\W/g, '-')}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`];
    return {
      name,
      args: ['vitest', 'run', '--project', project, ...reporters, ...files, ...only],
      env,
      // Excludes tests at other lines of the same files; vitest calls them skipped.
      tests: () => vitestTests(file).filter(({ status }) => only.length === 0 || status !== 'skipped'),
    };
  }

  /** Runs one project of playwright.config.ts. @param {string} project @param {string | undefined} browser its path */
  playwright(project, browser) {
    const file = join(this.#reports, `${project}.json`);
    const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...(browser && { CHROME_PATH: browser }) };
    const args = ['playwright', 'test', '--project', project, '--reporter=list,json'];
    return { name: `journeys, ${project}`, args, env, tests: () => playwrightTests(file) };
  }

  /** Prints the report and sets the exit code: 1 if anything failed or nothing ran. */
  finish() {
    rmSync(this.#reports, { recursive: true, force: true });
    const of = (status) => this.#tests.filter((test) => test.status === status);
    for (const { name } of of('skipped')) console.log(`Skipped: ${name}`);
    for (const { name, reason = '' } of of('failed')) console.log(`\nFailed: ${name}\n${reason}`);

    console.log('\nParts                        wall time           CPU time');
    for (const { name, seconds, processor, counts } of this.#parts) console.log(row(name, seconds, processor, counts));
    const seconds = (performance.now() - this.#began) / 1000;
    console.log(row('all', seconds, processorSeconds() - this.#beganProcessor, ''));

    const slowest = this.#tests
      .filter(({ ms }) => ms > 0)
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, SLOWEST);
    if (slowest.length > 0) console.log('\nSlowest tests');
    for (const { name, ms } of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`);

    const [passed, failed, skipped] = [of('passed').length, of('failed').length, of('skipped').length];
    console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  }

  #now = () => ({ clock: performance.now(), processor: processorSeconds() });

  /** @param {Part} part @param {'inherit' | 'pipe'} output */
  async #run({ name, args, env = {}, tests }, output) {
    const before = this.#now();
    const { status, text } = await spawned(args, env, output);
    if (output === 'pipe') console.log(`\n── ${name}\n${text.trimEnd()}`);
    const found = tests ? [...tests()] : [{ name, status: status === 0 ? 'passed' : 'failed', ms: 0 }];
    // A runner that ends with an error but reports none (a crash, no tests found) has failed.
    const isSilent = status === 0 ? found.length === 0 : !found.some((test) => test.status === 'failed');
    if (isSilent)
      found.push({ name: `${name}: ended with code ${status} and no report of a failure`, status: 'failed', ms: 0 });
    return this.#record(name, before, found);
  }

  /** @param {string} name @param {ReturnType<Runner['now']>} before @param {readonly Test[]} found */
  #record(name, before, found) {
    const now = this.#now();
    const count = (status) => found.filter((test) => test.status === status).length;
    const counts =
      found.length > 1 ? `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped` : '';
    const part = {
      name,
      seconds: (now.clock - before.clock) / 1000,
      processor: now.processor - before.processor,
      counts,
    };
    this.#parts.push(part);
    this.#tests.push(...found);
    const isPassed = count('failed') === 0;
    console.log(`── ${name}: ${counts || (isPassed ? 'passed' : 'failed')} in ${part.seconds.toFixed(0)} s`);
    return isPassed;
  }
}

const row = (name, seconds, processor, counts) =>
  `${name.padEnd(24)}${seconds.toFixed(0).padStart(10)} s${processor.toFixed(0).padStart(16)} s   ${counts}`.trimEnd();

/** Buffers the output of parallel parts, so that it doesn't interleave. */
function spawned(args, env, output) {
  const child = spawn('npx', args, {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part) => (text += part));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: 1, text: error.message }));
    child.on('close', (status) => resolve({ status, text }));
  });
}

/** Whether `npm test` runs a file with the unit tests. @param {string} file */
export const isUnitTest = (file) => /\.test\.tsx?$/.test(file) && !/\.(slow|gpu|isa)\./.test(file);

/**
 * Processor time of all ended child processes and their descendants; 0 on a system without /proc. Parallel parts are
 * charged in the order in which they end.
 */
function processorSeconds() {
  const stat = read('/proc/self/stat');
  if (stat === undefined) return 0;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [childrenUser, childrenSystem] = [13, 14].map((i) => Number(fields[i]));
  return (childrenUser + childrenSystem) / 100;
}

/** @param {string} file vitest's JSON report @returns {Test[]} */
function vitestTests(file) {
  const { testResults = [] } = parsed(file) ?? {};
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const path = relative(root, name);
    const tests = assertionResults.map((test) => ({
      name: `${path} > ${test.fullName}`,
      status: SKIPPED.includes(test.status) ? 'skipped' : test.status,
      ms: test.duration ?? 0,
      reason: brief(test.failureMessages ?? []),
    }));
    // A file that can't be loaded, or whose hook fails, leaves no failed test.
    const isBroken = status === 'failed' && !tests.some((test) => test.status === 'failed');
    return isBroken ? [...tests, { name: path, status: 'failed', ms: 0, reason: brief([message]) }] : tests;
  });
}

/** @param {string} file playwright's JSON report @returns {Test[]} */
function playwrightTests(file) {
  const specs = ({ suites = [], specs: own = [] }) => [...own, ...suites.flatMap(specs)];
  return specs(parsed(file) ?? {}).map(({ file: path, line, title, tests }) => {
    const results = tests.flatMap((test) => test.results);
    const isSkipped = tests.every(({ status }) => status === 'skipped');
    const isPassed = tests.every(({ status }) => status === 'expected' || status === 'skipped');
    return {
      name: `e2e/${path}:${line} ${title}`,
      status: isSkipped ? 'skipped' : isPassed ? 'passed' : 'failed',
      ms: results.reduce((sum, { duration }) => sum + duration, 0),
      reason: [
        brief(results.flatMap(({ errors }) => errors.map(({ message = '' }) => message))),
        ...pages(results),
      ].join('\n'),
    };
  });
}

/** Content of the page when a journey failed: if CI deletes screenshots, nothing else is left. */
const pages = (results) =>
  results
    .flatMap(({ attachments = [] }) => attachments.filter(({ name }) => name === 'error-context'))
    .map(({ path }) => /```yaml\n(.*?)```/s.exec(read(path) ?? '')?.[1] ?? '')
    // The stage, without the navigation before it.
    .map((tree) => tree.slice(Math.max(0, tree.indexOf('- main'))).trimEnd())
    .map((tree) => `  ${tree.replaceAll('\n', '\n  ')}`);

/** The first lines of each message, without colors. */
const brief = (messages) =>
  messages.map((message) => `  ${stripVTControlCharacters(message).split('\n').slice(0, 8).join('\n  ')}`).join('\n');

function parsed(file) {
  const text = read(file);
  return text === undefined ? undefined : JSON.parse(text);
}
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
