// Installs only what is missing: packages, and for the tests a browser and Vulkan drivers.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs `npm ci`, unless node_modules matches the lock file. Prints to stderr. */
export function ensurePackages() {
  if (isInstalled()) return;
  console.error('Installing packages…');
  // Scripts stay off: some packages download binaries that nothing here uses.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], ['ignore', 2, 2]);
}

/** Compares the lockfile with the list that npm writes last into node_modules. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || present[path]?.version === version || ((optional || devOptional) && !present[path]),
  );
}
function packagesOf(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/** Chromium without a window, as Playwright uses it: the journeys take two thirds of the CPU time (decision 135). */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const BROWSERS = [
  process.env.CHROME_PATH,
  HEADLESS_SHELL,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
export const findBrowser = () => BROWSERS.find((path) => path && existsSync(path));

/**
 * Finds a browser for the journeys: CHROME_PATH, else Debian's headless shell, installed if this is Debian's root user, else an
 * installed Chrome or Chromium, else Playwright's own download.
 * @returns {string | undefined} a path; undefined if Playwright finds its own
 */
export function ensureBrowser() {
  if (isDebianRoot() && ![process.env.CHROME_PATH, HEADLESS_SHELL].some((path) => path && existsSync(path))) {
    console.error('Installing Chromium…');
    if (!aptInstall('chromium-headless-shell') && !findBrowser()) mustInstall('chromium');
  }
  if (findBrowser()) return findBrowser();
  console.error('Downloading a browser for the tests…');
  run('npx', ['playwright', 'install', '--only-shell', 'chromium'], ['ignore', 2, 2]);
  return undefined;
}

/** A Vulkan driver for the kernel tests. A machine with a GPU has one; elsewhere Mesa's runs on the processor. */
export function ensureVulkan() {
  if (process.platform !== 'linux' || !isDebianRoot()) return;
  if (['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].some((dir) => existsSync(dir) && hasDriver(dir))) return;
  console.error('Installing a Vulkan driver…');
  mustInstall('mesa-vulkan-drivers');
}
const hasDriver = (dir) => execFileSync('ls', [dir], { encoding: 'utf8' }).includes('.json');

/**
 * Mesa's drivers for AMD GPUs, and a simulation of those GPUs, for tests that compile for absent GPUs. If they can't be
 * installed, those tests are skipped.
 */
export function ensureGpuCompilers() {
  if (process.platform !== 'linux' || !isDebianRoot()) return;
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder));
  const missing = [
    ['mesa-drm-shim', folders.map((folder) => join(folder, 'libamdgpu_noop_drm_shim.so'))],
    ['mesa-vulkan-drivers', ['/usr/share/vulkan/icd.d/radeon_icd.json']],
  ].filter(([, files]) => !files.some(existsSync));
  for (const [name] of missing) {
    console.error(`Installing ${name}…`);
    if (!aptInstall(name)) console.error('The tests that need it are skipped.');
  }
}

const isDebianRoot = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Installs one of Debian's packages. @param {string} name @returns {boolean} whether that succeeded */
function aptInstall(name) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 2] };
  const install = () => spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options).status;
  if (install() === 0) return true;
  spawnSync('apt-get', ['update', '-qq'], options);
  return install() === 0;
}
/** @param {string} name @throws if the package can't be installed */
function mustInstall(name) {
  if (!aptInstall(name)) throw new Error(`apt-get could not install ${name}`);
}

export function run(command, args, stdio = 'inherit') {
  const { status } = spawnSync(command, args, { cwd: root, stdio, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
