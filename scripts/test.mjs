// npm test: the checks before each commit. npm run test:full: all others (long runs, real processes, compilers for
// absent GPUs, many generated cases, all other journeys). A test's file name shows its tier (CONTRIBUTING.md).
import { isBuilt, recordBuild } from './build.mjs';
import { checks } from './checks.mjs';
import { isUnitTest, Runner } from './runner.mjs';
import { ensureBrowser, ensureGpuCompilers, ensurePackages, ensureVulkan, root } from './setup.mjs';

/** Percent of the generated cases that a property states; `npm test` tries fewer (src/testing/propertyRuns.ts). */
const FULL_CASES = '100';

const isTypeScript = (file) => /\.tsx?$/.test(file);

const runner = new Runner();
runner.prepare('packages', ensurePackages);
await (process.argv.includes('--full') ? runFull() : runStandard());
runner.finish();

async function runStandard() {
  await runner.runParallel(checks());
  await runner.run(runner.vitest('unit'));
  runner.prepare('Vulkan driver', ensureVulkan);
  await runner.run(runner.vitest('kernels'));
  await runJourneys('smoke');
}

async function runFull() {
  runner.prepare('GPU compilers', ensureGpuCompilers);
  const cases = { FAST_CHECK_RUNS: FULL_CASES };
  await runner.runParallel([runner.vitest('isa'), runner.vitest('slow', { env: cases })]);
  await runner.run(runner.vitest('unit', { name: 'generated cases', only: await generatingTests(), env: cases }));
  await runner.run(runner.vitest('slow-kernels'));
  await runJourneys('full');
}

/** Runs the journeys of one project of playwright.config.ts on the app, built unless dist is of these sources. @param {string} project */
async function runJourneys(project) {
  let browser;
  runner.prepare('browser', () => (browser = ensureBrowser()));
  if (!isBuilt(root)) {
    if (!(await runner.run({ name: 'build', args: ['vite', 'build', '--logLevel', 'warn'] }))) return;
    recordBuild(root);
  }
  await runner.run(runner.playwright(project, browser));
}

/** Unit tests that find more with more generated cases. On cmd.exe, which takes 8,191 characters, their whole files. */
async function generatingTests() {
  // Imported late, as packages may have been missing.
  const { tsImport } = await import('tsx/esm/api');
  const { filesOf } = await tsImport('./importers.ts', import.meta.url);
  const { propertyTests } = await tsImport('./properties.ts', import.meta.url);
  const fileOf = (test) => test.replace(/:\d+$/, '');
  const tests = propertyTests(root, filesOf(root).filter(isTypeScript)).filter((test) => isUnitTest(fileOf(test)));
  return process.platform === 'win32' ? [...new Set(tests.map(fileOf))] : tests;
}
