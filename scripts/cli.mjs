// npm run grow | sample | export | bench: the same core from a terminal, written in TypeScript and run by tsx.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensurePackages, root } from './setup.mjs';

ensurePackages();
const [name, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'cli', `${name}.ts`), ...args], {
  stdio: 'inherit',
});
// Ctrl C reaches the child itself: it saves and ends; we only wait for it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
