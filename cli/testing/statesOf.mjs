// Loaded before a program. Copies STATES_OF to STATES_TO/<number of the call> before each call that changes it and in the
// middle of each file write: the state that a kill at that moment leaves. At call STOP_AT it asks the program to stop.
import { copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const { STATES_OF = '', STATES_TO = '', STOP_AT } = process.env;
let calls = 0;
/** File being written; the others keep their content, so a hard link is enough. */
let open = '';
function note() {
  keep(STATES_OF, join(STATES_TO, String(calls).padStart(4, '0')));
  if (++calls === Number(STOP_AT)) process.kill(process.pid, 'SIGINT');
}
function keep(from, to) {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [path, kept] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) keep(path, kept);
    else if (path === open) copyFileSync(path, kept);
    else linkSync(path, kept);
  }
}

const written = new WeakSet();
for (const name of ['mkdir', 'open', 'rename', 'rm', 'rmdir', 'unlink', 'writeFile']) {
  const original = fs[name];
  fs[name] = async (...args) => {
    const changes = String(args[0]).startsWith(STATES_OF) && !(name === 'open' && args[1] === 'r');
    if (changes) note();
    const result = await original(...args);
    if (name === 'open' && changes) {
      open = args[0];
      written.add(result);
    }
    return result;
  };
}
const handle = await fs.open(process.execPath, 'r');
const FileHandle = Object.getPrototypeOf(handle);
await handle.close();
const { writeFile } = FileHandle;
FileHandle.writeFile = async function (bytes, ...rest) {
  if (!written.has(this)) return writeFile.call(this, bytes, ...rest);
  const half = bytes.length >> 1;
  await writeFile.call(this, bytes.subarray(0, half), ...rest);
  note();
  return writeFile.call(this, bytes.subarray(half), ...rest);
};
syncBuiltinESMExports();
