// Loaded before a program: kills it before the KILL_AT-th call that changes files under KILL_UNDER; without KILL_AT,
// counts calls and reports the number at the end.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { KILL_AT, KILL_UNDER = '' } = process.env;
let calls = 0;
for (const name of ['mkdir', 'open', 'rename', 'rm', 'rmdir', 'unlink', 'writeFile']) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (String(args[0]).startsWith(KILL_UNDER) && ++calls === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
syncBuiltinESMExports();
if (KILL_AT === undefined) process.on('exit', () => process.stderr.write(`${calls} calls\n`));
