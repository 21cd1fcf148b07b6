/**
 * The strict headers, as data: what the dev and preview servers send, and what the build writes out for hosts.
 * A page's policy does not bind a worker, so workers get their own; the build puts them under /workers/.
 */
const PAGE = {
  'default-src': "'none'",
  'script-src': "'self'",
  'script-src-attr': "'none'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'font-src': "'self'",
  'media-src': "'none'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'connect-src': "'none'",
  'object-src': "'none'",
  'frame-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'homegrown-worker',
};

/** Workers fetch the WASM binary and the bundled samples from our own origin, and start threads of it; nothing else is reachable. */
const WORKER = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'homegrown-worker',
};

/** The service worker fetches the files of the build, and answers for nothing else (src/offline/sw.ts). */
const SERVICE_WORKER = {
  'default-src': "'none'",
  'script-src': "'self'",
  'connect-src': "'self'",
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
};

/** `Connection-Allowlist` (Chromium) also closes WebRTC, window.open and navigation, which a policy leaves open. */
const EVERYWHERE = {
  'Connection-Allowlist': '(response-origin)',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), screen-wake-lock=(self)',
  // The service worker keeps the files; whoever asks for one wants to know whether there is a newer one.
  'Cache-Control': 'no-cache',
};

/** The response headers for a path (its query is ignored). */
export function headersFor(path: string): Record<string, string> {
  return { ...EVERYWHERE, 'Content-Security-Policy': policy(policyFor(path)) };
}
const policyFor = (path: string): Record<string, string> =>
  isWorker(path) ? WORKER : isServiceWorker(path) ? SERVICE_WORKER : PAGE;

/** The page's policy for a `meta` element, where the host sends no headers: all but what only a header can say. */
export function metaPolicy(): string {
  const { 'frame-ancestors': _, ...rest } = PAGE;
  return policy(rest);
}

/** Files for the root of the build: Netlify and Cloudflare Pages read `_headers`, nginx includes the other. */
export function hostFiles(): { name: string; text: string }[] {
  return [
    { name: '_headers', text: netlify() },
    { name: 'headers.nginx.conf', text: nginx() },
  ];
}

/** Built: /workers/role.worker-<hash>.js. In development: /src/workers/role.worker.ts?worker_file&type=module. */
const isWorker = (path: string): boolean =>
  path.startsWith('/workers/') || /^\/src\/workers\/[^?]*\.worker\.ts/.test(path);

const isServiceWorker = (path: string): boolean => /^\/sw\.js(\?|$)/.test(path);

const policy = (directives: Record<string, string>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** Both hosts send every rule that matches, and browsers enforce two policies at once: a worker gets their intersection. */
function netlify(): string {
  const common = Object.entries(EVERYWHERE).map(([name, value]) => `  ${name}: ${value}\n`);
  const page = policy({ ...PAGE, 'script-src': WORKER['script-src'], 'connect-src': "'self'" });
  const block = (path: string, csp: string): string => `${path}\n  Content-Security-Policy: ${csp}\n`;
  const own = `${block('/workers/*', policy(WORKER))}${block('/sw.js', policy(SERVICE_WORKER))}`;
  return `/*\n${common.join('')}  Content-Security-Policy: ${page}\n${own}`;
}

function nginx(): string {
  const common = Object.entries(EVERYWHERE).map(([name, value]) => `add_header ${name} "${value}" always;\n`);
  return [
    '# include inside http { }\n',
    `map $uri $homegrown_policy {\n  ~^/workers/ "${policy(WORKER)}";\n  /sw.js "${policy(SERVICE_WORKER)}";\n  default "${policy(PAGE)}";\n}\n`,
    'add_header Content-Security-Policy $homegrown_policy always;\n',
    ...common,
  ].join('');
}
