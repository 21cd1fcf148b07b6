import { serve } from './engine';
import type { FromEngine, Line, ToEngine } from './protocol';

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/**
 * Starts the engine in a worker made from this script. Some browsers allow none for pages opened from a file; then the
 * same engine runs in turns of the page's event loop.
 */
export async function connect(script: string): Promise<Line<ToEngine, FromEngine>> {
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    return await listening(new Worker(trusted(address)));
  } catch {
    const { port1, port2 } = new MessageChannel();
    const answer = listening(port1);
    serve(port2);
    return await answer;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Resolves when the engine at the other end has sent its first message. */
function listening(line: Worker | MessagePort): Promise<Line<ToEngine, FromEngine>> {
  return new Promise((resolve, reject) => {
    line.onmessage = () => resolve(line);
    if ('onerror' in line) line.onerror = reject;
  });
}

function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  const policy = trustedTypes?.createPolicy('homegrown-page', { createScriptURL: (url) => url });
  return (policy?.createScriptURL(address) ?? address) as string;
}
