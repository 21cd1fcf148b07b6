/** Requests of a page or worker, counted by origin, over real requests. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isRequests, type Requests, watchRequests } from './requests';

const servers: Server[] = [];
const begin = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer((_, response) => response.end('here'));
    servers.push(server);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
let own: string;
let other: string;
beforeAll(async () => {
  [own, other] = await Promise.all([begin(), begin()]);
  vi.stubGlobal('location', new URL(own));
  performance.clearResourceTimings(); // clears requests of earlier tests in this process
});
afterAll(() => {
  vi.unstubAllGlobals();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test("requests to its own and to other origins are reported separately, and data: addresses don't count", async () => {
  const counted: Requests = { own: 0, elsewhere: 0 };
  watchRequests((more) => {
    counted.own += more.own;
    counted.elsewhere += more.elsewhere;
  });
  for (const url of [`${own}/a`, `${own}/b`, `${other}/c`, 'data:text/plain,d']) await (await fetch(url)).text();
  await vi.waitFor(() => expect(counted).toEqual({ own: 2, elsewhere: 1 }));
  await (await fetch(`${other}/e`)).text();
  await vi.waitFor(() => expect(counted).toEqual({ own: 2, elsewhere: 2 }));
});

test('requests of a worker are reported from the responses that it posts', () => {
  const posted = [{ requests: { own: 1, elsewhere: 0 } }, { ok: true }, null, 'requests'];
  expect(posted.map(isRequests)).toEqual([true, false, false, false]);
});
