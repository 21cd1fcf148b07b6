// npm run oracles: independent Python engines read the output of our commands (docs/decisions/0041). Creates a venv in
// .oracles, once, and runs pytest over oracles/ with the given arguments: `npm run oracles -- test_gguf.py`. Ends with
// a line for each skipped test and one, `N passed, N failed`; exits non-zero if anything failed or nothing ran. Without
// Python or the network, says so and exits with 0: a newcomer needs neither.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensurePackages, ensureVulkan, root } from './setup.mjs';

/** Minimum Python version of transformers and numpy. */
const OLDEST = [3, 11];
/** Network errors in pip's output, before it reports that no version was found. */
const UNREACHED = /connection broken by|Temporary failure in name resolution|Network is unreachable|ReadTimeoutError/;
const IS_WINDOWS = process.platform === 'win32';
const requirements = join(root, 'oracles', 'requirements.txt');
const venv = join(root, '.oracles', 'venv');
const stamp = join(venv, 'installed');
const python = IS_WINDOWS ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');

const skip = ensurePython();
if (skip === null) {
  ensurePackages();
  try {
    ensureVulkan(); // for test_webgpu.py, which is skipped without Vulkan
  } catch (error) {
    console.error(error.message);
  }
  process.exitCode = runTests();
} else console.log(`Oracles skipped: ${skip}`);

/** Creates a venv from requirements.txt. -> why there is none, or null. Throws for any other failure. */
function ensurePython() {
  const found = findPython();
  if (!found)
    return `there is no Python ${OLDEST.join('.')} or newer with venv (Debian: python3-venv). PYTHON may name one.`;
  const wanted = createHash('sha256').update(`${found.version}\n`).update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return null;
  console.log(`Installing Python packages into ${venv}…`);
  rmSync(venv, { recursive: true, force: true });
  const made = spawnSync(found.command, [...found.args, '-m', 'venv', venv], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`No venv could be made:\n${made.stdout}${made.stderr}`);
  const { status, words } = pip(['-r', requirements, ...cpuBuilds()]);
  if (status === 0) {
    writeFileSync(stamp, wanted);
    return null;
  }
  if (UNREACHED.test(words)) return 'the packages of Python could not be fetched, for want of a network.';
  throw new Error(`pip could not install the packages of Python:\n${words}`);
}

function findPython() {
  const candidates = [
    ...(process.env.PYTHON ? [[process.env.PYTHON]] : []),
    ...(IS_WINDOWS ? [['py', '-3'], ['python']] : [['python3'], ['python']]),
  ];
  const look = 'import sys, venv, ensurepip; print(*sys.version_info[:2])';
  for (const [command, ...args] of candidates) {
    const { status, stdout } = spawnSync(command, [...args, '-c', look], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major, minor] = stdout.trim().split(' ').map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
      return { command, args, version: `${major}.${minor}` };
    }
  }
  return undefined;
}

/**
 * On Linux, pip installs PyTorch with 3 GB of CUDA libraries, unless configured otherwise. In that case, adds PyTorch's
 * own index of CPU builds, if it can be reached.
 */
function cpuBuilds() {
  if (process.platform !== 'linux') return [];
  const torch = readFileSync(requirements, 'utf8').match(/^torch\S+/m)[0];
  const { status, words } = pip(['--dry-run', '--report', '-', torch]);
  if (status !== 0 || !/"name": "(nvidia|cuda)-/.test(words)) return [];
  const index = 'https://download.pytorch.org/whl/cpu';
  const reach = `fetch('${index}/torch/', { signal: AbortSignal.timeout(10_000) }).then(({ ok }) => process.exit(ok ? 0 : 1))`;
  const isReached = spawnSync(process.execPath, ['-e', reach]).status === 0;
  return isReached ? ['--extra-index-url', index] : [];
}

function pip(args) {
  // pip would compile every module. Python compiles and caches only imported ones (PYTHONPYCACHEPREFIX).
  const options = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check', ...args];
  const { status, stdout, stderr } = spawnSync(python, options, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { status, words: `${stdout}${stderr}` };
}
function runTests() {
  const asked = process.argv.slice(2);
  // Tests run in as many processes as cores and memory allow. Tests of one file share a process, as they share prepared
  // models.
  const count = Math.min(4, availableParallelism());
  const beside = asked.length === 0 ? ['--numprocesses', String(count), '--dist', 'loadfile'] : [];
  const { status } = spawnSync(python, ['-m', 'pytest', ...beside, ...asked], {
    cwd: join(root, 'oracles'),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      NODE: process.execPath,
      // Bytecode is separate from the sources, and is removed with the packages.
      PYTHONDONTWRITEBYTECODE: '',
      PYTHONPYCACHEPREFIX: join(venv, 'bytecode'),
      // Each process would use all cores.
      ...(beside.length > 0 && { OMP_NUM_THREADS: '1' }),
      // No look-ups on a hub, and no telemetry.
      HF_HUB_OFFLINE: '1',
      HF_HUB_DISABLE_TELEMETRY: '1',
    },
  });
  return status ?? 1;
}
