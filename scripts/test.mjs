// npm test: everything that must hold, in the order in which it is cheapest to find out.
// Ends with a line for each test that was skipped, one for each that passed at the second attempt only, one for each that failed,
// and one, `N passed, N failed`, over all runners; exits non-zero if anything failed or nothing ran.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureBrowser, ensureGpuCompilers, ensurePackages, ensureVulkan, root } from './setup.mjs';

ensurePackages();
const reports = mkdtempSync(join(tmpdir(), 'homegrown-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
/** By full name, which says why. */
const skipped = [];
/** By name and what was wrong at first. */
const unsteady = [];
/** By full name and what was wrong: where much was printed since, it is far above. */
const failed = [];

/** What it says is told at once, or where several run beside each other when it has ended. */
async function step(name, args, { count, env = {}, isBeside = false } = {}) {
  const began = Date.now();
  if (!isBeside) console.log(`\n── ${name}`);
  const child = spawn('npx', args, {
    cwd: root,
    stdio: isBeside ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  const status = await new Promise((resolve) => child.on('error', () => resolve(1)).on('close', resolve));
  if (isBeside) console.log(`\n── ${name}\n${said.trimEnd()}`);
  const result = count?.(status) ?? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  // A runner that fails without counting a failure (a crash, no tests found) is a failure.
  if (status !== 0 && result.failed === 0) result.failed = 1;
  if (status === 0 && result.passed + result.skipped === 0) result.failed = 1;
  for (const key of Object.keys(total)) total[key] += result[key];
  failed.push(...(result.reasons ?? (status === 0 ? [] : [name])));
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(
    `── ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${seconds} s`,
  );
  return status === 0;
}
/** Each takes one core: as many at once as there are cores, but no more than memory has room for. */
async function beside(steps) {
  const left = [...steps];
  const next = async () => {
    for (let one = left.shift(); one; one = left.shift()) await step(one[0], one[1], { ...one[2], isBeside: true });
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, next));
}
function vitest(project) {
  const file = join(reports, `${project}.json`);
  const args = ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile=${file}`];
  const count = () => {
    const report = read(file);
    const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
    skipped.push(...tests.filter(({ status }) => SKIPPED.includes(status)).map(({ fullName }) => fullName));
    return {
      reasons: report && [
        ...tests
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => `${fullName}\n${brief(failureMessages)}`),
        ...report.testResults
          .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
          .map(({ name, message }) => `${name}\n${brief([message])}`),
      ],
      passed: report?.numPassedTests ?? 0,
      failed: report?.numFailedTests ?? 0,
      skipped: report?.numPendingTests ?? 0,
    };
  };
  return [project, args, { count }];
}
/** The first lines of each, without colours. */
const brief = (messages) =>
  messages.map((message) => `  ${stripVTControlCharacters(message).split('\n').slice(0, 8).join('\n  ')}`).join('\n');
/** Those of playwright's report, in which files hold groups of tests, and those groups. */
const specsOf = ({ suites = [], specs = [] }) => [...specs, ...suites.flatMap(specsOf)];
const SKIPPED = ['pending', 'skipped', 'todo', 'disabled'];
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

ensureGpuCompilers();
// The longest first; compilers for real GPUs, too, take one core.
await beside([
  ['lint', ['eslint', '--max-warnings', '0', '.']],
  vitest('isa'),
  ['types, page', ['tsc', '-p', 'tsconfig.json']],
  ['types, workers', ['tsc', '-p', 'tsconfig.worker.json']],
  ['types, core', ['tsc', '-p', 'tsconfig.core.json']],
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['imports', ['depcruise', '--config', '.dependency-cruiser.cjs', 'src']],
  ['types, web service', ['tsc', '-p', 'tsconfig.templates.json']],
]);
await step(...vitest('unit'));
ensureVulkan();
await step(...vitest('kernels'));
if (await step('build', ['vite', 'build', '--logLevel', 'warn'])) {
  const browser = ensureBrowser();
  const file = join(reports, 'e2e.json');
  await step('e2e', ['playwright', 'test', '--reporter=list,json'], {
    count() {
      const report = read(file);
      const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
      const told = ({ file, line, title, tests }) => {
        const errors = tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors));
        return `${file}:${line} ${title}\n${brief(errors.map(({ message = '' }) => message))}`;
      };
      const specs = report && specsOf(report);
      const isUnsteady = ({ tests }) => tests.some(({ status }) => status === 'flaky');
      unsteady.push(...(specs?.filter(isUnsteady).map(told) ?? []));
      const reasons = specs?.filter(({ ok }) => !ok).map(told);
      return { passed: expected + flaky, failed: unexpected, skipped, reasons };
    },
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...(browser && { CHROME_PATH: browser }) },
  });
}
rmSync(reports, { recursive: true, force: true });

console.log(skipped.map((name) => `\nSkipped: ${name}`).join(''));
console.log(unsteady.map((what) => `\nPassed at the second attempt only: ${what}`).join(''));
console.log(failed.map((what) => `\nFailed: ${what}`).join(''));
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
