/** Starts workers from a worker; all run the same script. */
import { isRequests } from './requests';
import type { Role } from './roles';
import { trustedScripts } from './trusted';

export function startOwn(role: OwnRole): Worker {
  const script = scriptOf(role);
  trusted ??= trustedScripts(OWN_ROLES.map(scriptOf));
  const worker = new Worker(trusted(script), { type: 'module', name: role });
  // Reported to the page as this worker's requests.
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isRequests(data)) postMessage(data);
  });
  return worker;
}

const OWN_ROLES = ['cleaner', 'reader', 'thread'] as const satisfies readonly Role[];
type OwnRole = (typeof OWN_ROLES)[number];
/** The part after # identifies them in a browser's list of workers. */
const scriptOf = (role: OwnRole): string => `${location.href.replace(/#.*/, '')}#${role}`;
/** Created once: the browser refuses a second policy of the same name. */
let trusted: ReturnType<typeof trustedScripts> | undefined;
