/**
 * The script of every worker; its name is its role. Code that several workers need, such as TensorFlow.js, is built and stored
 * once. A role does nothing until it is started: other workers may load its chunk.
 */
import type { Role } from './roles';

const ROLES = {
  data: () => import('./dataRole'),
  gpu: () => import('./gpuRole'),
  verify: () => import('./verifyRole'),
  thread: () => import('./threadRole'),
  cleaner: () => import('./cleanerRole'),
  reader: () => import('./readerRole'),
} satisfies Record<Role, () => Promise<{ start(): void }>>;

/** Messages that arrive before a listener. */
const early: MessageEvent[] = [];
const keep = (event: MessageEvent): void => void early.push(event);
addEventListener('message', keep);

// No top-level await: with one, the bundler keeps a file of its own for each dynamic import (decision 125).
ROLES[self.name as Role]().then(({ start }) => {
  start();
  removeEventListener('message', keep);
  for (const { data, ports } of early)
    dispatchEvent(new MessageEvent('message', { data: data as unknown, ports: [...ports] }));
}, reportError);
