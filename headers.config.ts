/**
 * The strict headers, as data: what the dev and preview servers send, and what the build writes out for hosts.
 * A page's policy does not bind a dedicated worker, so workers get their own; the build puts them under /workers/, and the
 * one that runs other people's engines under /verify/ (docs/decisions/0013).
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

/** Workers fetch the WASM binary and the bundled samples from our own origin; nothing else is reachable. */
const WORKER = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'connect-src': "'self'",
  'worker-src': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': "'none'",
};

/**
 * The worker that opens exports in other engines. wllama starts its own worker from a blob, and puts an address of a blob
 * and a text into `new Worker` without a Trusted Types policy. Still nothing but our own origin is reachable.
 */
const VERIFIER = {
  'default-src': "'none'",
  'script-src': "'self' blob: 'wasm-unsafe-eval'",
  'connect-src': "'self' blob:",
  'worker-src': 'blob:',
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
};

/** The response headers for a path (its query is ignored). */
export function headersFor(path: string): Record<string, string> {
  return { ...EVERYWHERE, 'Content-Security-Policy': policy(policyFor(path)) };
}

/** Files for the root of the build: Netlify and Cloudflare Pages read `_headers`, nginx includes the other. */
export function hostFiles(): { name: string; text: string }[] {
  return [
    { name: '_headers', text: netlify() },
    { name: 'headers.nginx.conf', text: nginx() },
  ];
}

const policyFor = (path: string): Record<string, string> =>
  isVerifier(path) ? VERIFIER : isWorker(path) ? WORKER : PAGE;

const isVerifier = (path: string): boolean =>
  path.startsWith('/verify/') || /^\/src\/workers\/verify\.worker\.ts/.test(path);
/** Built: /workers/gpu.worker-<hash>.js. In development: /src/workers/gpu.worker.ts?worker_file&type=module. */
const isWorker = (path: string): boolean =>
  path.startsWith('/workers/') || /^\/src\/workers\/[^?]*\.worker\.ts/.test(path);

const policy = (directives: Record<string, string>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** The page's policy inside the built page, where it also binds behind a host that cannot send one policy to one path. */
export const metaPolicy = (): string =>
  policy(Object.fromEntries(Object.entries(PAGE).filter(([name]) => name !== 'frame-ancestors')));

/**
 * Both hosts send every rule that matches, and browsers enforce two policies at once: a worker gets their intersection.
 * So the rule for everything allows what any of them needs; what it leaves open to the page, the page's own closes.
 */
function netlify(): string {
  const common = Object.entries(EVERYWHERE).map(([name, value]) => `  ${name}: ${value}\n`);
  const { 'require-trusted-types-for': _, 'trusted-types': __, ...untyped } = PAGE;
  const any = policy({ ...untyped, ...VERIFIER, 'worker-src': "'self' blob:" });
  const block = (path: string, csp: string): string => `${path}\n  Content-Security-Policy: ${csp}\n`;
  return `/*\n${common.join('')}  Content-Security-Policy: ${any}\n${block('/workers/*', policy(WORKER))}${block('/verify/*', policy(VERIFIER))}`;
}

function nginx(): string {
  const common = Object.entries(EVERYWHERE).map(([name, value]) => `add_header ${name} "${value}" always;\n`);
  return [
    '# include inside http { }\n',
    `map $uri $homegrown_policy {\n  ~^/workers/ "${policy(WORKER)}";\n  ~^/verify/ "${policy(VERIFIER)}";\n  default "${policy(PAGE)}";\n}\n`,
    'add_header Content-Security-Policy $homegrown_policy always;\n',
    ...common,
  ].join('');
}
