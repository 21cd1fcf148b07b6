// npm run prepare | grow | tune | classify | sample | export | runs | evaluate | compare | inspect | score | glossary |
// bench: the same core from a terminal, written in TypeScript (bundle.mjs). The command runs in its own process. This
// one reports in one line whatever ends the command, and passes on every signal and the end of npm. A second Ctrl-C
// ends the command even while it is busy (docs/decisions/0018).
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { bundled } from './bundle.mjs';
import { ensurePackages, root } from './setup.mjs';

const COMMANDS = {
  prepare: 'read and clean documents, for grow --data',
  grow: 'train a model on text',
  tune: 'fine-tune a model',
  classify: 'predict labels with a classifier',
  sample: 'continue a prompt, answer it, or fill its blanks',
  export: 'export a model in the format of another tool',
  runs: 'list the models in a folder and their parent runs',
  evaluate: 'evaluate a model, with intervals and baselines',
  compare: 'compare two models on a text',
  inspect: 'look inside a model while it reads a passage',
  score: 'score outputs against references',
  glossary: 'explain a machine-learning term',
  bench: 'benchmark training steps, kernels and tokenizers',
};
const [name, ...args] = process.argv.slice(2);
const debugs = Boolean(process.env.HOMEGROWN_DEBUG);
const SAME_MS = 1000;
const WATCH_MS = 500;
/** Maximum length of engine messages; the end is kept. */
const MAX_NOTICE_CHARACTERS = 2 ** 16;
const SMALLER = 'Use a smaller model, batch, context or text.';
const IF_MEMORY = 'If memory was short, use a smaller model, batch, context or text.';
const DEBUG = 'Run the command again with HOMEGROWN_DEBUG=1 and report its output.';

// npm also runs a script of this name by itself, after an install, link or pack.
const { npm_lifecycle_event: script, npm_command: asked = '' } = process.env;
const isInstalling = name === 'prepare' && args.length === 0 && script === 'prepare' && !/^run/.test(asked);
if (isInstalling) process.exitCode = 0;
else if (name === '--help' || name === '-h') {
  for (const [command, about] of Object.entries(COMMANDS)) console.log(`npm run ${command.padEnd(8)}  ${about}`);
} else if (!Object.hasOwn(COMMANDS, name ?? '')) {
  const what = name === undefined ? 'No command given' : `Unknown command '${name}'`;
  fail('usage', `${what}. Available: ${Object.keys(COMMANDS).join(', ')}. Each lists its flags with --help.`, 2);
} else {
  let isReady = false;
  try {
    ensurePackages();
    isReady = true;
  } catch (error) {
    fail('load-failed', `Couldn't install the packages (${error.message}). Run npm ci to see why.`, 1);
  }
  if (isReady) await start();
}

/** Node's arguments. If node_modules is read-only, or source lines are wanted, tsx compiles at each start. */
async function sources() {
  try {
    if (!debugs) return [join(root, 'scripts', 'compiled.mjs'), await bundled(root, `cli/bin/${name}.ts`)];
  } catch {} // tsx then reports the reason
  return ['--import', import.meta.resolve('tsx'), join(root, 'cli', 'bin', `${name}.ts`)];
}

async function start() {
  const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stopped = (signal) => {
    fail('stopped', 'Stopped before the command started. Nothing was changed.', numbered(signal));
    process.exit();
  };
  for (const signal of stops) process.once(signal, stopped);
  const what = await sources();
  for (const signal of stops) process.off(signal, stopped);

  // npm runs scripts in the package's folder; relative paths refer to the folder where it was called.
  const byNpm = process.env.npm_lifecycle_event === name;
  const child = spawn(process.execPath, [...what, ...args], {
    cwd: (byNpm && process.env.INIT_CWD) || process.cwd(),
    // Messages go to file 3. File 2 has the engines' output, such as Dawn's notices or V8's report of a crash.
    stdio: ['inherit', 'inherit', debugs ? 'inherit' : 'pipe', 2, 'ipc'],
    env: {
      ...process.env,
      HOMEGROWN_WORDS: '3',
      HOMEGROWN_BEGAN: performance.timeOrigin,
      TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'),
    },
  });
  let notices = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => (notices = (notices + text).slice(-MAX_NOTICE_CHARACTERS)));
  let hasBegun = false;
  child.on('message', () => (hasBegun = true));
  child.on('error', (error) => fail('load-failed', `Couldn't start Node (${error.message}).`, 1));

  // A terminal tells all of its processes of Ctrl-C, and npm tells on: within a second it is the same one.
  let first;
  let stoppedBy;
  for (const signal of stops) {
    process.on(signal, () => {
      if (first !== undefined && performance.now() - first > SAME_MS) {
        stoppedBy = signal;
        child.kill('SIGKILL');
        return;
      }
      first ??= performance.now();
      child.kill(signal);
    });
  }
  const npm = byNpm ? npmAbove() : undefined;
  const watch = npm && setInterval(() => isAlive(npm) || (clearInterval(watch), child.kill('SIGHUP')), WATCH_MS);

  child.on('close', (code, signal) => {
    clearInterval(watch);
    if (stoppedBy) {
      fail('stopped', `Stopped at once. Everything saved so far is intact.`, numbered(stoppedBy));
    } else if (signal === null && (hasBegun || code === 0)) {
      process.exitCode = code;
    } else if (signal === 'SIGKILL') {
      const why = 'Signal SIGKILL ended the command. Another process sent it, or the system ran out of memory';
      fail('killed', `${why}. Everything that was saved is intact. ${IF_MEMORY}`, numbered(signal));
    } else if (/out of memory|allocation failed/i.test(notices)) {
      fail('out-of-memory', `Memory ran out. Everything saved so far is intact. ${SMALLER}`, 1);
    } else if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') {
      fail('stopped', 'Stopped before the command started. Nothing was changed.', numbered(signal));
    } else if (!hasBegun) {
      const why = /^\w*Error.*/m.exec(notices)?.[0] ?? `code ${code}`;
      fail('load-failed', `Couldn't start the command (${why}). If a package is damaged, run npm ci to reinstall.`, 1);
    } else {
      fail('bug', `Homegrown or the GPU driver crashed (${signal}). Everything saved so far is intact. ${DEBUG}`, 1);
    }
  });
}

/** Prints one line for people, and one for programs with --json. */
function fail(code, message, exitCode) {
  process.stderr.write(`${message}\n`);
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  process.exitCode = exitCode;
}

/** Process id of the npm that runs this script: above its shell, if there is one. */
function npmAbove() {
  const { ppid } = process;
  const [parent, command] = existsSync(`/proc/${ppid}/stat`)
    ? [
        /\) \S (\d+)/.exec(readFileSync(`/proc/${ppid}/stat`, 'utf8'))?.[1],
        readFileSync(`/proc/${ppid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      ]
    : (
        /(\d+)\s+(.*)/.exec(spawnSync('ps', ['-o', 'ppid=,args=', '-p', ppid], { encoding: 'utf8' }).stdout ?? '') ?? []
      ).slice(1);
  return / -c /.test(command ?? '') ? Number(parent) : ppid;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
/** Exit code that shells use for a signal. */
function numbered(signal) {
  return 128 + constants.signals[signal];
}
