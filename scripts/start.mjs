// npm start: install what is missing, build, serve the built app with its strict headers, open it.
// `npm start -- --port 5000 --no-open` for other wishes.
import { ensurePackages } from './setup.mjs';

ensurePackages();
const { build, preview } = await import('vite');
const flag = (name) => process.argv.includes(name);
const port = Number(process.argv[process.argv.indexOf('--port') + 1]) || 4173;

await build({ logLevel: 'warn' });
const server = await preview({ preview: { port, open: !flag('--no-open') && Boolean(process.stdout.isTTY) } });
console.log(`Homegrown is at ${server.resolvedUrls?.local[0] ?? `http://localhost:${port}/`}   (Ctrl C ends it)`);
