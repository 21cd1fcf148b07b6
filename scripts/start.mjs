// npm start: installs what is missing, builds the app, serves it with its strict headers and opens it.
// `npm start -- --port 5000 --no-open` chooses the port and opens nothing.
import { ensurePackages } from './setup.mjs';

ensurePackages();
const { build, preview } = await import('vite');
const flag = (name) => process.argv.includes(name);
const port = Number(process.argv[process.argv.indexOf('--port') + 1]) || 4173;

console.log('Building the app, about half a minute…');
await build({ logLevel: 'error' });
const server = await preview({ preview: { port, open: !flag('--no-open') && Boolean(process.stdout.isTTY) } });
console.log(
  `Homegrown is at ${server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`}\nPress Ctrl+C to stop it.`,
);
