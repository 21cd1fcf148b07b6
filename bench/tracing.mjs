// Tasks of a page's main thread, from Chromium's trace. A task's time is processor time, which other work on the
// machine does not lengthen.
const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'v8.execute'];

/**
 * Starts to trace a page of `origin`, and resolves to a function that ends the trace and returns the tasks of the
 * page's main thread, longest first: start in seconds after the first, milliseconds of processor and wall-clock time,
 * and the longest parts.
 */
export async function traced(page, origin) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  let pid;
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) {
      // The process that drew the page's address is the page's.
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

/** Prints the longest tasks, one per line. */
export function report(tasks, count = 12) {
  console.log('   at s  processor ms  clock ms  what is inside');
  for (const { at, ms, clock, inside } of tasks.slice(0, count))
    console.log(
      [at.toFixed(2).padStart(7), ms.toFixed(1).padStart(13), clock.toFixed(1).padStart(9), inside].join(' '),
    );
}
