// Loaded before a command: at its end each process writes its peak memory in bytes to a file of the folder PEAK_FOLDER.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Peak memory of this process alone: getrusage includes the process that started it. */
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
if (isMainThread)
  process.on('exit', () => writeFileSync(join(process.env.PEAK_FOLDER, String(process.pid)), `${peak()}`));
