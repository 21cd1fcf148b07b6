/** If npm run oracles can't run, it prints the reason and succeeds. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = fileURLToPath(new URL('..', import.meta.url));
/** A checkout of the files that the command reads before a test, so that the real venv stays untouched. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'oracles-'));
  for (const folder of ['scripts', 'oracles']) mkdirSync(join(root, folder));
  for (const file of ['scripts/oracles.mjs', 'scripts/setup.mjs', 'oracles/requirements.txt'])
    cpSync(join(here, file), join(root, file));
});
afterAll(() => rm(root, { recursive: true }), 240_000); // A venv has thousands of files.

const run = (env: Readonly<Record<string, string>>) => {
  const { PYTHON: _, ...others } = process.env;
  return spawnSync(process.execPath, [join(root, 'scripts/oracles.mjs')], {
    encoding: 'utf8',
    env: { ...others, ...env },
  });
};
const hasPython =
  spawnSync('python3', ['-c', 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))']).status === 0;

test('without Python it names the required version', () => {
  const { status, stdout } = run({ PATH: join(root, 'nothing') });
  expect(stdout).toMatch(/^Oracles skipped: there is no Python 3\.11 or newer with venv/);
  expect(status).toBe(0);
});

test.skipIf(!hasPython)(
  'without a network it says so; any other problem of pip is a failure',
  { timeout: 600_000 },
  () => {
    // Nobody listens on port 9.
    const alone = {
      PIP_CONFIG_FILE: '/dev/null',
      PIP_FIND_LINKS: '',
      PIP_INDEX_URL: 'http://127.0.0.1:9/',
      PIP_RETRIES: '1',
    };
    const unreached = run(alone);
    expect(unreached.stdout).toMatch(/Oracles skipped: .* for want of a network/);
    expect(unreached.status).toBe(0);
    const empty = run({ ...alone, PIP_NO_INDEX: '1' });
    expect(empty.stderr).toContain('No matching distribution found');
    expect(empty.status).not.toBe(0);
  },
);
