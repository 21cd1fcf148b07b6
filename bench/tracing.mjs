// What a page's own thread did, as Chromium's trace tells it. A task's time is the processor's, which other work on the
// machine does not lengthen.
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8.execute'];

/**
 * Traces a page, of `origin`, from now on. What it resolves with ends that, and gives the tasks of the page's own thread,
 * the longest first: when they began, in seconds since the first, milliseconds of the processor's and of the clock's time,
 * and what took most of them.
 */
export async function traced(page, origin) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  let pid;
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) {
      // Which process is the page's: the one that drew its address.
      const frame = event.args?.data?.frames?.find(({ url }) => url?.startsWith(origin));
      if (frame?.processId) pid = frame.processId;
      if (event.name === 'CommitLoad' && event.args?.data?.url?.startsWith(origin)) pid = event.pid;
      if (event.dur > 5000) events.push(event);
      if (event.name === 'thread_name' && event.args.name === 'CrRendererMain') events.push(event);
    }
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  return async () => {
    const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await done;
    await session.detach();
    return tasksOf(events, pid);
  };
}

function tasksOf(events, pid) {
  const thread = events.find((event) => event.name === 'thread_name' && event.pid === pid)?.tid;
  const own = events.filter((event) => event.pid === pid && event.tid === thread && event.dur);
  const first = Math.min(...own.map(({ ts }) => ts));
  return own
    .filter(({ name }) => name === 'ThreadControllerImpl::RunTask')
    .map((task) => {
      const inside = own.filter(
        (e) => !e.name.endsWith('RunTask') && e.ts >= task.ts && e.ts < task.ts + task.dur && e.dur > task.dur / 4,
      );
      const words = inside.map(({ name, args }) =>
        [name, args?.data?.functionName ?? args?.data?.type].filter(Boolean).join(' '),
      );
      return {
        at: (task.ts - first) / 1e6,
        ms: (task.tdur ?? task.dur) / 1000,
        clock: task.dur / 1000,
        inside: [...new Set(words)].slice(0, 4).join(', '),
      };
    })
    .sort((a, b) => b.ms - a.ms);
}

/** The longest of them, a line each. */
export function report(tasks, count = 12) {
  console.log('   at s  processor ms  clock ms  what is inside');
  for (const { at, ms, clock, inside } of tasks.slice(0, count))
    console.log(
      [at.toFixed(2).padStart(7), ms.toFixed(1).padStart(13), clock.toFixed(1).padStart(9), inside].join(' '),
    );
}
