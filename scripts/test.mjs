// npm test: everything that must hold, in the order in which it is cheapest to find out.
// Ends with a line for each test that was skipped and one, `N passed, N failed`, over all runners; exits non-zero if anything
// failed or nothing ran.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser, ensureGpuCompilers, ensurePackages, ensureVulkan, root } from './setup.mjs';

ensurePackages();
const reports = mkdtempSync(join(tmpdir(), 'homegrown-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
/** By full name, which says why. */
const skipped = [];

function step(name, args, count, env = {}) {
  const began = Date.now();
  console.log(`\n── ${name}`);
  const { status } = spawnSync('npx', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  const result = count?.(status) ?? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  // A runner that fails without counting a failure (a crash, no tests found) is a failure.
  if (status !== 0 && result.failed === 0) result.failed = 1;
  if (status === 0 && result.passed + result.skipped === 0) result.failed = 1;
  for (const key of Object.keys(total)) total[key] += result[key];
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(
    `── ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${seconds} s`,
  );
  return status === 0;
}
function vitest(project) {
  const file = join(reports, `${project}.json`);
  const args = ['vitest', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile=${file}`];
  step(project, args, () => {
    const report = read(file);
    const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
    skipped.push(...tests.filter(({ status }) => SKIPPED.includes(status)).map(({ fullName }) => fullName));
    return {
      passed: report?.numPassedTests ?? 0,
      failed: report?.numFailedTests ?? 0,
      skipped: report?.numPendingTests ?? 0,
    };
  });
}
const SKIPPED = ['pending', 'skipped', 'todo', 'disabled'];
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

step('format', ['prettier', '--check', '--log-level', 'warn', '.']);
step('lint', ['eslint', '--max-warnings', '0', '.']);
step('types, page', ['tsc', '-p', 'tsconfig.json']);
step('types, core', ['tsc', '-p', 'tsconfig.core.json']);
step('types, workers', ['tsc', '-p', 'tsconfig.worker.json']);
step('types, web service', ['tsc', '-p', 'tsconfig.templates.json']);
step('imports', ['depcruise', '--config', '.dependency-cruiser.cjs', 'src']);
vitest('unit');
ensureVulkan();
vitest('kernels');
ensureGpuCompilers();
vitest('isa');
const built = step('build', ['vite', 'build', '--logLevel', 'warn']);
if (built) {
  const browser = ensureBrowser();
  const file = join(reports, 'e2e.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...(browser && { CHROME_PATH: browser }) };
  step(
    'e2e',
    ['playwright', 'test', '--reporter=list,json'],
    () => {
      const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = read(file)?.stats ?? {};
      return { passed: expected + flaky, failed: unexpected, skipped };
    },
    env,
  );
}
rmSync(reports, { recursive: true, force: true });

console.log(skipped.map((name) => `\nSkipped: ${name}`).join(''));
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
