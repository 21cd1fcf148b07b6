// node bench/tasks.mjs [file]: the longest tasks of the page's own thread, on the built app in a real Chromium. Without a file
// from its load to 60 s of training on the first sample; with one from its choice until it is data.
// A task's time is the processor's, which other work on the machine does not lengthen, as Chromium's trace tells it.
// CHROME_PATH: which Chromium; SECONDS: of training.
import { chromium } from '@playwright/test';
import { preview } from 'vite';

const [file] = process.argv.slice(2);
const SHOWN = 12;
const PATIENCE = 600_000;

const server = await preview({ logLevel: 'error', preview: { port: 4190 } });
const path = process.env.CHROME_PATH;
const browser = await chromium.launch({ args: ['--no-sandbox'], ...(path && { executablePath: path }) });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(PATIENCE);
const { pid, tasks, stop } = await traced();

await page.goto('http://localhost:4190/');
await page
  .getByRole('banner')
  .getByText(/WebGPU|WASM|CPU/)
  .first()
  .waitFor();
await (file ? prepare(file) : train());
await stop();
report(tasks, await pid);
await browser.close();
await server.close();

async function train() {
  await page.getByRole('button', { name: 'Train on it' }).first().click();
  await page.waitForURL(/\/train$/);
  await page.waitForTimeout(1000 * Number(process.env.SECONDS ?? 60));
}

async function prepare(path) {
  const stages = page.getByRole('navigation', { name: 'Stages' });
  await page.locator('input[type=file]').first().setInputFiles(path);
  await stages.getByText(/ characters$/).waitFor();
  await stages.getByRole('link', { name: /^Tokenizer/ }).click();
  await page.getByRole('button', { name: 'Train the tokenizer' }).click();
  await stages.getByText(/ entries/).waitFor();
  await stages.getByRole('link', { name: /^Data/ }).click();
  await page.getByRole('button', { name: 'Build the data' }).click();
  await stages.getByText(/\d+ \/ \d+/).waitFor();
}

/** Collects tasks of every thread, and what is inside the long ones. */
async function traced() {
  const session = await browser.newBrowserCDPSession();
  const tasks = [];
  let found;
  const pid = new Promise((resolve) => (found = resolve));
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) {
      // Which process is the page's: the one that drew its address.
      const frame = event.args?.data?.frames?.find(({ url }) => url?.startsWith('http://localhost:4190'));
      if (frame?.processId) found(frame.processId);
      if (event.name === 'CommitLoad' && event.args?.data?.url?.startsWith('http://localhost:4190')) found(event.pid);
      if (event.dur > 5000) tasks.push(event);
      if (event.name === 'thread_name' && event.args.name === 'CrRendererMain') tasks.push(event);
    }
  });
  const includedCategories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8.execute'];
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
  const stop = async () => {
    const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await done;
  };
  return { pid, tasks, stop };
}

function report(events, pid) {
  const thread = events.find((event) => event.name === 'thread_name' && event.pid === pid)?.tid;
  const own = events.filter((event) => event.pid === pid && event.tid === thread && event.dur);
  const time = ({ tdur, dur }) => (tdur ?? dur) / 1000;
  const tasks = own.filter(({ name }) => name === 'ThreadControllerImpl::RunTask').sort((a, b) => time(b) - time(a));
  const first = Math.min(...own.map(({ ts }) => ts));
  console.log('   at s  processor ms  clock ms  what is inside');
  for (const task of tasks.slice(0, SHOWN)) {
    const inside = own.filter(
      (e) => !e.name.endsWith('RunTask') && e.ts >= task.ts && e.ts < task.ts + task.dur && e.dur > task.dur / 4,
    );
    const words = inside.map(({ name, args }) =>
      [name, args?.data?.functionName ?? args?.data?.type].filter(Boolean).join(' '),
    );
    const cells = [((task.ts - first) / 1e6).toFixed(2).padStart(7), time(task).toFixed(1).padStart(13)];
    console.log(
      [...cells, (task.dur / 1000).toFixed(1).padStart(9), [...new Set(words)].slice(0, 4).join(', ')].join(' '),
    );
  }
}
