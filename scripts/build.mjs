// Whether dist holds the build of the present sources: `npm run test:full` after `npm test` needn't build again.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** No build reads these. */
const OTHERS = /^(?:\.ci|bench|cli|node|docs|e2e|golden|oracles)\/|\.md$|\.test\.tsx?$/;
const RECORD = 'node_modules/.cache/homegrown/build';

/** Whether the last recorded build was of these sources, and dist is as it left it. @param {string} root */
export function isBuilt(root) {
  const record = join(root, RECORD);
  return existsSync(record) && readFileSync(record, 'utf8') === state(root);
}

/** Records that dist is the build of these sources. @param {string} root */
export function recordBuild(root) {
  const record = join(root, RECORD);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, state(root));
}

/** Hash of the sources and of dist; without dist, a value equal to no other. */
function state(root) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  const sources = listed.split('\n').filter((file) => file !== '' && !OTHERS.test(file));
  const hash = createHash('sha256');
  for (const file of [...sources, ...filesIn(root, 'dist')].sort()) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

function filesIn(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
